/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine's status as it is now: the livepatches, the transition, the taint, the effect. */
#ifndef SUTURE_RUNTIME_MEASURE_H
#define SUTURE_RUNTIME_MEASURE_H

#include "model/status.h"
#include "runtime/sysroot.h"

int status_measure(const struct sysroot *root, struct status *ret_status, struct error *err);

#endif
