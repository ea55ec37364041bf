// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/kernel.h>
#include <linux/init.h>
extern int work(int);
extern void call(int (*)(void));

static noinline notrace int taken(void) { return work(3); }
void take(void) { call(taken); }

static noinline notrace int deep(void) { return work(3) + 1; }
notrace int no_better(void) { return deep() + 1; }

static noinline notrace int early(void) { return work(3) + 2; }
static int __init start(void) { return early(); }
early_initcall(start);
int also(void) { return early() + 1; }

static noinline noinstr int placed(void) { return work(3) + 3; }
int calls_placed(void) { return placed() + 1; }
