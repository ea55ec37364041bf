// SPDX-License-Identifier: GPL-2.0-or-later
#define TEXT "warns"
#define TROUBLE WARN(1, "suture_warns is bad")
#include "level.h"
