// SPDX-License-Identifier: GPL-2.0-or-later
struct ops { int (*run)(int); };
int changed(struct ops *ops, long value)
{
	return ops->run(value);
}
