// SPDX-License-Identifier: GPL-2.0-or-later
#include <suture/livepatch.h>
int same(int value)
{
	return value + 2;
}
SUTURE_STATE(0, 1);
