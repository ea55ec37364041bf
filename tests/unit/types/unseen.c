/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two units as a kernel's compiler would write them, before and after, for diff_unseen.c: one that calls, and with
 * CALLED the one with what it calls. */
#ifdef PATCHED
int finish(long *state, long more);
#else
int finish(long *state);
#endif
int end(long *state);
int use(long value, long more);

#ifdef CALLED
#ifdef PATCHED
int finish(long *state, long more)
{
	return use(state[more], 0);
}

int end(long *state)
{
	return use(state[4], 1);
}
#else
int finish(long *state)
{
	return use(state[0], 0);
}

int end(long *state)
{
	return use(state[3], 1);
}
#endif
#else
void wait_for(long *state) __attribute__((cold));

int run(long *state)
{
	if (state[1]) {
		wait_for(state);
		use(state[2], 0);
	}
#ifdef PATCHED
	return finish(state, 3) + 1;
#else
	return finish(state) + 1;
#endif
}

int run_to_end(long *state)
{
	if (state[1]) {
		wait_for(state);
		use(state[2], 0);
	}
#ifdef PATCHED
	return end(state) + 2;
#else
	return end(state) + 1;
#endif
}

int run_through(long *state)
{
#ifdef PATCHED
	return finish(state, 3) + 2;
#else
	return finish(state) + 2;
#endif
}
#endif
