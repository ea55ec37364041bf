/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What happened in a machine, made from the two serial ports' output: the end of each step with
 * its output and the kernel's words meanwhile, and everything in the log that a healthy kernel
 * does not say. The guest is not trusted: a crashed one may have written half lines or garbage.
 */
#ifndef SUTURE_LAB_TRANSCRIPT_H
#define SUTURE_LAB_TRANSCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/text.h"

enum step_end {
	STEP_NOT_REACHED,
	STEP_CUT, /* begun, and the machine ended or hung before it was done */
	STEP_DONE,
};

struct step_record {
	enum step_end end;
	int status; /* exit status, when done */
	double seconds; /* by the guest's clock, when done */
	struct buffer output; /* standard output and error together; text */
	/* The kernel's lines during the step, without time stamps. */
	struct text_list kernel_log;
};

enum trouble_kind {
	TROUBLE_WARNING, /* WARN_ON and its like */
	TROUBLE_BUG, /* BUG(), oops, protection fault, panic */
	TROUBLE_LOCKING, /* lock dependency checker, RCU misuse */
	TROUBLE_STALL, /* RCU stall, soft or hard lockup, hung task */
	TROUBLE_MEMORY, /* sanitizers, refcounts, list corruption */
};

struct trouble { /* a line of the kernel log that a healthy kernel does not print */
	enum trouble_kind kind;
	size_t step; /* index of the step during which it came, SIZE_MAX: outside of all */
	char *line; /* without time stamp; owned */
};

struct transcript {
	struct step_record *steps; /* as many as were asked for */
	size_t step_count;
	struct trouble *troubles;
	size_t trouble_count, trouble_capacity;
	bool finished; /* the guest went through its steps and said goodbye */
	bool timed_out; /* set by the caller of transcript_parse() */
	double boot_seconds; /* until /init ran, by the guest's clock; 0: it never did */
	double transition_seconds; /* of the first livepatch that was loaded, by the log; 0: none */
	double seconds; /* from power on to the end; set by the caller */
	struct text_list kernel_log; /* all of it, without time stamps and marks */
};

/* `mark` is the word that starts each of /init's lines, see lab/guest.h. */
void transcript_parse(const struct buffer *report, const struct buffer *console, const char *mark,
		      size_t step_count, struct transcript *ret_transcript);
void transcript_clear(struct transcript *transcript);

const char *trouble_kind_name(enum trouble_kind kind);
/* True if the line (time stamp cut off) is one that a healthy kernel does not print. */
bool is_trouble(const char *line, enum trouble_kind *ret_kind);

#define auto_transcript __attribute__((cleanup(transcript_clear)))

#endif
