// SPDX-License-Identifier: GPL-2.0-or-later
#include <net/netlink.h>
extern int work(int);

static const int limits[16] = { 1, 2, 4, 5, 8 };
int by_index(unsigned int i)
{
	return work(limits[i & 15]) + 1;
}

static const struct stretch { long first, last; } ranges[] = { { 100, 201 }, { 300, 400 }, { 500, 600 } };
int by_walk(long value)
{
	const struct stretch *range;

	for (range = ranges; range < ranges + ARRAY_SIZE(ranges); range++) {
		if (work(0))
			return 5;
		if (value >= range->first && value <= range->last)
			return work(range->last - range->first);
	}
	return 0;
}

static const struct nla_policy policy[4] = { [1] = { .type = NLA_NUL_STRING, .len = 8 } };
int by_parser(struct nlattr *attr)
{
	struct nlattr *tb[4];

	return nla_parse_nested_deprecated(tb, 3, attr, policy, NULL) ? : !!tb[1];
}

static const char *const names[] = { "alpha", "gamma", "delta" };
static noinline int find(const char *const *list, const char *name)
{
	unsigned int i;

	for (i = 0; i < 3; i++)
		if (!strcmp(list[i], name))
			return i;
	return -1;
}
int by_helper(const char *name)
{
	return find(names, name) + find(names, name + 1);
}
