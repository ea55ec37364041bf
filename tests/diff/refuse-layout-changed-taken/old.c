// SPDX-License-Identifier: GPL-2.0-or-later
#define noinline __attribute__((__noinline__))
struct work { void (*run)(struct work *work); };
struct job { struct work work; long value; };
extern int use(long value);

static noinline void run(struct work *work)
{
	use((long)work);
}

void start(struct job *job)
{
	job->work.run = run;
}
