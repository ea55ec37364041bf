/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Other programs. Every child is the leader of a process group of its own, and dies with us: on
 * SIGINT or SIGTERM the whole group is ended, the call returns ERROR_INTERRUPTED, and the ordinary
 * unwinding cleans up.
 */
#ifndef SUTURE_BASE_PROCESS_H
#define SUTURE_BASE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buffer.h"
#include "base/error.h"

/* Installs the handlers for SIGINT, SIGTERM and SIGHUP that make was_interrupted() true. */
void interrupt_catch(void);
bool was_interrupted(void);
/* -1 with ERROR_INTERRUPTED if a signal came: for long loops of our own. */
int interrupt_check(struct error *err);

struct process_spec {
	const char *const *argv; /* argv[0] is looked up in PATH; ends with NULL */
	const char *cwd; /* NULL: ours */
	const char *const *env; /* "NAME=value" on top of ours, or NULL; ends with NULL */
	const void *input; /* fed to standard input; NULL: /dev/null */
	size_t input_size;
	const char *output_path; /* standard output to this file instead of a buffer */
	size_t output_limit; /* of each captured stream; 0: 16 MiB. The rest is dropped. */
	unsigned timeout_seconds; /* 0: none */
	bool inherit_output; /* neither captured nor redirected */
	/* Standard input, output and error are ours, and a terminal among them is the child's until it
	 * ends; it is left as it was found. */
	bool interactive;
};

struct process; /* a running child */

struct process_result {
	int status; /* exit status, or 128 + signal */
	bool timed_out;
	struct buffer out; /* standard output, if captured */
	struct buffer err; /* standard error, if captured */
};

void process_result_clear(struct process_result *result);
#define auto_process_result __attribute__((cleanup(process_result_clear)))

/* Starts it. Several may run at once. */
int process_start(const struct process_spec *spec, struct process **ret_process, struct error *err);
/* Waits for it and frees it. A status other than 0 is not an error here. */
int process_finish(struct process *process, struct process_result *ret_result, struct error *err);
pid_t process_pid(const struct process *process);
/* Ends the child's group at once and frees; takes NULL. */
void process_free(struct process *process);
/* start + finish */
int process_run(const struct process_spec *spec, struct process_result *ret_result,
		struct error *err);
/* process_run() where anything but status 0 is ERROR_TOOL, with the last lines of its output. */
int process_run_ok(const struct process_spec *spec, struct process_result *ret_result,
		   struct error *err);
/* Makes the ERROR_TOOL of a result with status != 0. */
int process_result_error(const struct process_result *result, const char *name, struct error *err);

#endif
