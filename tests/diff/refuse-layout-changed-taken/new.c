// SPDX-License-Identifier: GPL-2.0-or-later
#define noinline __attribute__((__noinline__))
struct work { void (*run)(struct work *work); };
struct job { struct work work; long value; };
extern int use(long value);

static noinline void run(struct job *job, long more)
{
	use((long)job + more);
	use(more);
}

static void run_work(struct work *work)
{
	run((struct job *)work, use(1));
}

void start(struct job *job)
{
	run(job, use(2));
	job->work.run = run_work;
}
