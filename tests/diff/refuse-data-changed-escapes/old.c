// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/kernel.h>
#include <linux/init.h>
struct pair { int a, b; };
extern int work(int);
extern void add(const struct pair *);

static const struct pair stored = { 1, 2 };
const struct pair *last;
void store(void) { last = &stored; }

static const struct pair returned = { 1, 2 };
const struct pair *hand_out(void) { return &returned; }

static const struct pair compared = { 1, 2 };
int compare(const struct pair *other) { return other == &compared ? work(compared.b) : 0; }

static const struct pair registered = { 1, 2 };
void enlist(void) { add(&registered); }

static const struct pair listed = { 1, 2 };
const struct pair *table[] = { &listed };
int read_listed(void) { return work(listed.b); }

static const struct pair early[2] = { { 1, 2 }, { 3, 4 } };
static int __init start(void) { return work(early[work(0)].b); }
early_initcall(start);
int read_early(int i) { return work(early[i].b); }

const struct pair shared[2] = { { 1, 2 }, { 3, 4 } };
int read_shared(int i) { return work(shared[i].b); }

static const struct pair helped = { 1, 2 };
static noinline void help(int i, const struct pair *pair)
{
	if (work(i))
		add(pair);
}
void call_helper(void) { help(1, &helped); help(2, &helped); }

static const struct pair kept = { 1, 2 };
struct user { const struct pair *pair; int data; };
void keep(struct user *user, int i)
{
	const struct pair *pair = &kept;

	if (i)
		pair = user->pair;
	work(pair->a);
	user->pair = pair;
}
