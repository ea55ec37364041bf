/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How things fail.
 *
 * One shape for everything that can fail:
 *
 *     int noun_verb(in..., struct thing **ret_thing, struct error *err);
 *
 * 0 on success, -1 on failure with *err filled; ret_ outputs are written only on success. The
 * error is a plain value: nothing to free, copy it at will. error_set() states the fact where it is
 * known, error_context() puts "what I was doing: " in front on the way up. Only main() exits and
 * only cli, agent and server print.
 *
 * err must not be NULL: an error that nobody wants to see is declared and dropped by the caller.
 */
#ifndef SUTURE_BASE_ERROR_H
#define SUTURE_BASE_ERROR_H

#include <stdarg.h>
#include <stddef.h>

/* code, exit status of a command that ends with it, slug for JSON, sentence for the manual */
#define ERROR_CODES(X)                                                                              \
	X(ERROR_NONE, 0, "ok", "success")                                                           \
	X(ERROR_FAILED, 1, "error", "an error that has no code of its own")                         \
	X(ERROR_INVALID, 1, "invalid", "input that is malformed or beyond a limit")                 \
	X(ERROR_SYSTEM, 1, "system", "a system call failed")                                        \
	X(ERROR_TOOL, 1, "tool", "a program that suture runs failed")                               \
	X(ERROR_NOTHING, 2, "nothing-to-do", "nothing to do: no code changed")                      \
	X(ERROR_NOT_FOUND, 3, "not-found", "the named thing does not exist")                        \
	X(ERROR_UPDATE, 4, "update-available", "an update is available and not applied")            \
	X(ERROR_REBOOT, 5, "reboot-needed", "a reboot or a kernel upgrade is needed")               \
	X(ERROR_APPLY, 6, "apply-failed", "applying failed, is not effective, or crashed earlier")  \
	X(ERROR_UNSUPPORTED, 7, "unsupported-kernel", "this kernel is not supported")               \
	X(ERROR_STALE, 8, "stale", "what is known is out of date")                                  \
	X(ERROR_VERIFY, 9, "verification-failed", "a signature or the proof failed")                \
	X(ERROR_POLICY, 10, "held-back", "held back by policy")                                     \
	X(ERROR_TRANSITION, 11, "transition", "a livepatch transition is running or stalled")       \
	X(ERROR_REFUSED, 12, "refused", "refused: cannot be live-patched safely")                   \
	X(ERROR_USAGE, 64, "usage", "wrong command line")                                           \
	X(ERROR_TEMPORARY, 75, "temporary", "temporary or unreachable: try again")                  \
	X(ERROR_PERMISSION, 77, "no-permission", "no permission")                                   \
	X(ERROR_INTERRUPTED, 130, "interrupted", "interrupted by a signal")

enum error_code {
#define X(code, status, slug, text) code,
	ERROR_CODES(X)
#undef X
};

struct error {
	enum error_code code;
	char msg[508]; /* one sentence, no newline at the end, always terminated, cut if too long */
};

#define ERROR_INIT ((struct error){ .code = ERROR_NONE })

/* States what went wrong. Returns -1, so that "return error_set(...)" reads well. */
int error_set(struct error *err, enum error_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Like error_set() with ": " and strerror(errno) behind; EACCES and EPERM become ERROR_PERMISSION
 * and ENOENT becomes ERROR_NOT_FOUND, anything else ERROR_SYSTEM. */
int error_errno(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts "format: " in front of the message, keeping the code. Returns -1. */
int error_context(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

int error_exit_status(enum error_code code);
const char *error_slug(enum error_code code);
const char *error_text(enum error_code code);

#endif
