// SPDX-License-Identifier: GPL-2.0-or-later
#include <suture/livepatch.h>
int same(int value)
{
	return value + 1;
}
static int ready;
static int before(struct klp_object *object)
{
	ready = 1;
	return 0;
}
SUTURE_PRE_PATCH(before);
static void after(struct klp_object *object)
{
	ready = 0;
}
SUTURE_POST_UNPATCH(after);
SUTURE_STATE(3, 1);
SUTURE_STATE(4, 7);
