/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waiting for a lock that somebody else holds, and who that is. */
#ifndef SUTURE_BASE_LOCK_H
#define SUTURE_BASE_LOCK_H

#include "base/error.h"
#include "base/log.h"

/* file_lock() that waits as long as it takes. After a second `progress` is told who holds it;
 * `what` is what the lock is for ("6.1.0-56-cloud-amd64"). The caller closes the descriptor. */
int lock_wait(const char *path, const char *what, const struct progress *progress, int *ret_fd,
	      struct error *err);
/* "process 4711 (make)", from /proc/locks (fs/locks.c lock_get_status()), or NULL if nobody holds
 * it or that cannot be seen. Caller frees. */
char *lock_holder(const char *path);

#endif
