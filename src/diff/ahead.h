/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a function may still run behind some places in it: forward over the instructions of the function and its cold
 * parts, along all edges, whatever the registers hold.
 */
#ifndef SUTURE_DIFF_AHEAD_H
#define SUTURE_DIFF_AHEAD_H

#include "diff/side.h"

struct ahead;

/* `function` is no cold part; its side outlives the result. Caller frees. */
struct ahead *ahead_new(const struct atom *function);
void ahead_free(struct ahead *ahead);
DEFINE_AUTO(ahead)
#define auto_ahead __attribute__((cleanup(auto_ahead_cleanup)))

/* From this place on, an offset into the section of the function or of one of its cold parts. */
void ahead_from(struct ahead *ahead, const struct atom *part, uint64_t at);
/* May the byte of the part be run? Also true where some way cannot be followed: then all may. Hostile code
 * costs time in proportion to its size. */
bool ahead_has(struct ahead *ahead, const struct atom *part, uint64_t at);

#endif
