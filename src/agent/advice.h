/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /var/lib/suture-fetch/advice.json: what the server answered to the last check-in. It can choose
 * among what is signed, and hold back; it can make nobody load what is not signed for.
 *
 *     {"time": T, "ring": "beta" | null, "pin": level | null, "interval": seconds | null}
 */
#ifndef SUTURE_AGENT_ADVICE_H
#define SUTURE_AGENT_ADVICE_H

#include <stdint.h>

#include "base/error.h"
#include "base/json.h"

struct advice {
	int64_t time; /* of the check-in; 0: never */
	char *ring; /* one of the four, or NULL */
	int64_t pin; /* highest level to take; -1: none */
	int64_t interval; /* seconds between check-ins, 60 ... 7 days; 0: as configured */
};
void advice_clear(struct advice *advice);
#define auto_advice __attribute__((cleanup(advice_clear)))

/* Takes what makes sense out of an answer; the rest is left out. */
void advice_parse(const json_value *value, struct advice *ret_advice);
/* Not there: none. */
int advice_read(const char *root, struct advice *ret_advice, struct error *err);
int advice_write(const char *root, const struct advice *advice, struct error *err);

#endif
