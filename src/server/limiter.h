/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How often somebody may come: a token bucket for each key, in a table of a fixed size. Where it is
 * full, whoever was seen least is forgotten, which gives him a full bucket: a limit can be missed
 * that way by who has very many addresses, memory cannot be eaten.
 */
#ifndef SUTURE_SERVER_LIMITER_H
#define SUTURE_SERVER_LIMITER_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"

struct limiter;

/* `rate` a second in the long run, `burst` at once. A rate of 0 is no limit. */
int limiter_new(double rate, double burst, struct limiter **ret_limiter, struct error *err);
void limiter_free(struct limiter *limiter); /* takes NULL */
DEFINE_AUTO(limiter)
#define auto_limiter __attribute__((cleanup(auto_limiter_cleanup)))

/* Counts this time. Seconds to wait, 0: welcome. `now` is seconds of any clock that never goes back. May
 * be called from any thread. */
unsigned limiter_take(struct limiter *limiter, const void *key, size_t size, double now);

#endif
