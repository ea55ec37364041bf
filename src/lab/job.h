/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One run of a throw-away machine from beginning to end: boot a kernel, go through some steps, say
 * what happened. The caller names what goes in; everything stands in GUEST_FOLDER in there.
 */
#ifndef SUTURE_LAB_JOB_H
#define SUTURE_LAB_JOB_H

#include <stddef.h>

#include "base/error.h"
#include "base/log.h"
#include "lab/guest.h"
#include "lab/transcript.h"
#include "target/kernel.h"

enum job_file_kind {
	JOB_FILE,
	JOB_PROGRAM, /* its shared libraries come along */
	JOB_MODULE, /* a kernel module: unpacked, signature and all */
};

struct job_file {
	enum job_file_kind kind;
	const char *host_path;
	const char *guest_path; /* absolute */
};

struct job {
	const struct kernel *kernel;
	const struct job_file *files;
	size_t file_count;
	const struct guest_step *steps;
	size_t step_count;
	unsigned timeout_seconds; /* for the whole run */
	const char *arguments; /* more for the kernel's command line, or NULL */
	bool terminal; /* as machine_spec has it */
	unsigned forward_port; /* as machine_spec has it */
	const char *disk; /* the same */
	const char *work; /* folder for the archive and the report, exists; the caller removes it */
	const char *console_path; /* the kernel's log is kept there */
	const struct progress *progress;
};

/* Fails only if the machine could not be run; how the steps went is in the transcript. */
int job_run(const struct job *job, struct transcript *ret_transcript, struct error *err);

#endif
