/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What talks to the network has no rights, whoever started it: the unit starts the fetcher as the user
 * suture-fetch, and started by root it becomes that user itself, before it reads anything.
 */
#ifndef SUTURE_AGENT_PRIVILEGE_H
#define SUTURE_AGENT_PRIVILEGE_H

#include "base/error.h"

/*
 * For good: no capability, none to be had by executing something (no_new_privs, an empty bounding set),
 * and, started by root, another user: suture-fetch, or below `root` whoever has the fetcher's folder
 * there. Where there is no such user we stay root, who then may no more than anybody else what is not
 * root's own. ERROR_PERMISSION if any of it fails: then nothing may be begun.
 */
int privilege_drop(const char *root, struct error *err);

#endif
