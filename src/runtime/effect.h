/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loaded is not effective. For each function of each applied livepatch: is its entry redirected, is
 * a newer livepatch stacked on it, who else sits there, can a BPF program answer in its place.
 * effect_verify() goes further and counts: calls of the function, calls that still ran the old
 * body, calls that reached the new one.
 */
#ifndef SUTURE_RUNTIME_EFFECT_H
#define SUTURE_RUNTIME_EFFECT_H

#include "base/log.h"
#include "model/livepatch.h"
#include "runtime/machine.h"
#include "runtime/sysroot.h"

/* Fills effect and evidence. Never fails: what cannot be seen stays EFFECT_UNKNOWN, with the reason
 * as evidence. The list is in the order of loading, oldest first. */
void effect_measure(const struct sysroot *root, const struct machine *machine,
		    struct livepatch_list *patches);

/* Puts kprobes on the functions for `seconds` and counts; they are removed again whatever happens
 * (short of SIGKILL; then by the next run). At most 256 functions. */
int effect_verify(const struct sysroot *root, const struct machine *machine,
		  struct livepatch_list *patches, unsigned seconds,
		  const struct progress *progress, struct error *err);

#endif
