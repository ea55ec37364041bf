/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the address of a piece of data goes in the code that uses it. Followed through the
 * registers of a function, of its cold part and of the functions of the unit that it hands the
 * address to.
 */
#ifndef SUTURE_DIFF_FLOW_H
#define SUTURE_DIFF_FLOW_H

#include "diff/side.h"

/*
 * True if the function does nothing with the address of `to` but read or write there: it is not
 * stored, not returned, not compared with any other, and not handed to a function of another unit,
 * but for a few that are known to read and forget. Everything that is not understood counts as the
 * opposite; then *ret_why is a phrase ("it hands its address to register_thing"), in the arena.
 * `function` is no cold part. The side must have been opened from an object of a compiler; hostile
 * code only costs time, at most a multiple of its size.
 */
bool flow_only_reads(const struct atom *function, const struct atom *to, const char **ret_why);

#endif
