/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Connections and until when each must have come a step further. A peer that sends a byte now and
 * then is never idle, so idle time alone ends nobody: whoever is past his deadline is shut down.
 */
#ifndef SUTURE_SERVER_DEADLINE_H
#define SUTURE_SERVER_DEADLINE_H

#include <stdint.h>

#include "base/memory.h"

struct deadline; /* of one connection */
struct deadline_list;

struct deadline_list *deadline_list_new(void);
void deadline_list_free(struct deadline_list *list); /* takes NULL; must be empty */
DEFINE_AUTO(deadline_list)
#define auto_deadline_list __attribute__((cleanup(auto_deadline_list_cleanup)))

/* From any thread. The descriptor must stay open until deadline_remove(). */
struct deadline *deadline_add(struct deadline_list *list, int fd, unsigned seconds);
void deadline_remove(struct deadline_list *list, struct deadline *deadline);
/* From now on. */
void deadline_set(struct deadline_list *list, struct deadline *deadline, unsigned seconds);
/* Shuts down those that are late; returns how many. */
unsigned deadline_sweep(struct deadline_list *list);
unsigned deadline_count(struct deadline_list *list);

#endif
