// SPDX-License-Identifier: GPL-2.0-or-later
#define TEXT "one"
#define TROUBLE
#include "level.h"
