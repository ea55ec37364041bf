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

int run_or_leave(long *state)
{
	if (state[1]) {
		wait_for(state);
		return use(state[2], 0);
	}
#ifdef PATCHED
	return finish(state, 3) + 3;
#else
	return finish(state) + 3;
#endif
}

int run_anywhere(long *state)
{
	static const void *const ways[] = { &&one, &&two };

	if (state[3])
#ifdef PATCHED
		return finish(state, 3) + 4;
#else
		return finish(state) + 4;
#endif
	if (state[1])
		wait_for(state);
	goto *ways[state[2]];
one:
	return use(1, 0);
two:
	return use(2, 0);
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
