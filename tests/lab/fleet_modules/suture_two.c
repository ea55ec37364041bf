// SPDX-License-Identifier: GPL-2.0-or-later
#define TEXT "two"
#define TROUBLE
#include "level.h"
