/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What runs inside the machine: an /init for busybox's shell that loads modules, runs the steps and
 * reports on the second serial port. Its own lines there start with the mark, a word that nobody
 * else knows, and a space:
 *
 *     MARK boot UPTIME                 /init runs
 *     MARK begin STEP UPTIME           from here on everything is the step's output ...
 *     MARK end STEP STATUS UPTIME      ... until here; a newline is put in front
 *     MARK done                        all steps are over
 *
 * "MARK begin STEP" and "MARK end STEP" go into the kernel's log as well, so that its lines can be
 * told apart by step.
 */
#ifndef SUTURE_LAB_GUEST_H
#define SUTURE_LAB_GUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

#define GUEST_TERMINAL "/dev/ttyS2" /* machine_spec.terminal */
#define GUEST_FOLDER "/lab" /* files that were handed in are here; steps run here */

struct guest_step {
	const char *script; /* for busybox's sh; ends with status 0 when all is well */
	bool go_on; /* the next step runs even if this one fails */
};

/* For busybox's sh, a function: "drain PID TRIES" waits until the cat of that number, a child of this shell,
 * has passed on all that was written to its pipe, and ends it. Somebody left behind may hold the pipe open,
 * and has TRIES twentieths of a second to write more: nobody waits for him. A pipe that is still not empty after
 * a minute is one that somebody fills without end. */
extern const char guest_drain[];

/* Where the script of a step stands in the machine; caller frees. */
char *guest_step_path(size_t step);
/* Adds the text of /init. `library_path` as LD_LIBRARY_PATH, "" for none. */
void guest_init_write(const struct guest_step *steps, size_t count, const char *mark,
		      const char *library_path, struct buffer *into);
/* A mark that nobody can guess; caller frees. */
char *guest_mark_new(void);

#endif
