// SPDX-License-Identifier: GPL-2.0-or-later
#include <suture/livepatch.h>
int same(struct klp_object *object);
int same(struct klp_object *object)
{
	return 0;
}
int changed(int value)
{
	return value + 1;
}
SUTURE_PRE_PATCH(same);
