/* SPDX-License-Identifier: GPL-2.0-or-later */
/* suture-server as a whole: puts the parts together and runs until a signal comes. */
#ifndef SUTURE_SERVER_SERVER_H
#define SUTURE_SERVER_SERVER_H

#include "base/error.h"

struct settings;

/* Returns 0 after an orderly end by SIGTERM, SIGINT or SIGHUP. */
int server_run(const struct settings *settings, struct error *err);

#endif
