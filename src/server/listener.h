/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The socket that is listened on, and systemd's notification socket (sd_notify(3)). */
#ifndef SUTURE_SERVER_LISTENER_H
#define SUTURE_SERVER_LISTENER_H

#include "base/error.h"

/* "127.0.0.1:8080", "[::]:8443", "localhost:0". Writes where it listens in truth, as
 * "127.0.0.1:40123"; caller frees. */
int listener_open(const char *where, int *ret_fd, char **ret_where, struct error *err);

/* "READY=1"; nothing happens where systemd does not wait for it. */
void notify_systemd(const char *state);

#endif
