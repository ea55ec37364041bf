/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What changed and cannot be changed in the running kernel, but can be replaced for all who use
 * it. */
#ifndef SUTURE_DIFF_RENEW_H
#define SUTURE_DIFF_RENEW_H

#include "diff/changeset.h"

/* After comparing, before judging: takes the twin from what is renewed, so that it is new and
 * its users differ. What cannot be renewed stays as it is, to be refused, with the reason in its
 * `why`. */
int renew(struct changeset *changeset, struct error *err);

#endif
