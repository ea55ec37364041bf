/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine's status as it is now: the livepatches, the transition, the taint, the effect. */
#ifndef SUTURE_RUNTIME_MEASURE_H
#define SUTURE_RUNTIME_MEASURE_H

#include "base/log.h"
#include "model/status.h"
#include "runtime/sysroot.h"

/* `verify_seconds`: count calls for so long (runtime/effect.h); 0: do not. */
int status_measure(const struct sysroot *root, unsigned verify_seconds,
		   const struct progress *progress, struct status *ret_status, struct error *err);

#endif
