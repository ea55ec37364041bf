// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(int);
int startup(int value) { return work(value + 9); }
int exit(int value) { return work(value + 10); }
int unlikely(int value) { return work(value + 11); }
int hot(int value) { return work(value + 12); }
int unknown(int value) { return work(value + 13); }
int split(int value) { return work(value); }
