// SPDX-License-Identifier: GPL-2.0-or-later
#define TEXT "dies"
#define TROUBLE (*(volatile int *)8 = 1)
#include "level.h"
