// SPDX-License-Identifier: GPL-2.0-or-later
#include <suture/livepatch.h>
int same(int value)
{
	return value + 1;
}
static int ready;
static void first(struct klp_object *object)
{
	ready = 1;
}
SUTURE_POST_PATCH(first);
static void second(struct klp_object *object)
{
	ready = 2;
}
SUTURE_POST_PATCH(second);
