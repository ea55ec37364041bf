// SPDX-License-Identifier: GPL-2.0-or-later
#include <net/netlink.h>
struct netlink_callback;
int iwpm_parse_nlmsg(struct netlink_callback *cb, int policy_max, const struct nla_policy *policy,
		     struct nlattr *nltb[], const char *msg_type);

static const struct nla_policy policy[3] = {
	[1] = { .type = NLA_STRING, .len = 31 },
	[2] = { .type = NLA_U16 },
};

int answer(struct netlink_callback *cb)
{
	struct nlattr *nltb[3];

	if (iwpm_parse_nlmsg(cb, 3, policy, nltb, "answer"))
		return -EINVAL;
	return nla_get_u16(nltb[2]);
}
