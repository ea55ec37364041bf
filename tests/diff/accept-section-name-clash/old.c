// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(int);
int startup(int value) { return work(value); }
int exit(int value) { return work(value + 1); }
int unlikely(int value) { return work(value + 2); }
int hot(int value) { return work(value + 3); }
int unknown(int value) { return work(value + 4); }
int split(int value) { return work(value); }
