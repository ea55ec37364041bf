/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An audit of a finished livepatch module, from its bytes and the kernel that it is for. It trusts
 * nobody: not the program that made the module, and not what the module says of itself. Modules by
 * other tools and by hand are read in the same way.
 *
 * What bytes alone cannot tell is whether the new code is the right code; that is what
 * proof/intent.h compares with the objects that the module was made from.
 */
#ifndef SUTURE_PROOF_AUDIT_H
#define SUTURE_PROOF_AUDIT_H

#include "base/json.h"
#include "base/text.h"
#include "proof/intent.h"
#include "target/kernel.h"

enum audit_result {
	AUDIT_PASSED,
	AUDIT_UNKNOWN, /* cannot be told from the bytes; the notes say why */
	AUDIT_FAILED,
};

struct audit_check {
	const char *slug; /* static */
	const char *title; /* static, a sentence: what holds if it passes */
	enum audit_result result;
	struct text_list failures, notes; /* sentences */
};

struct audit { /* owns everything */
	struct audit_check *checks;
	size_t count;
};

struct audit_request {
	const char *path; /* for messages */
	const void *data; /* the .ko; a signature may be appended */
	size_t size;
	const struct kernel *kernel;
	const json_value *manifest; /* NULL: none to compare with */
	const struct intent *intent; /* what it was made from; NULL: not known */
};

/* ERROR_INVALID: no object at all. A module that fails is no error: ask audit_error(). */
int audit_module(const struct audit_request *request, struct audit *ret_audit, struct error *err);
void audit_clear(struct audit *audit);
#define auto_audit __attribute__((cleanup(audit_clear)))
/* 0, or -1 with ERROR_VERIFY and the first failure. */
int audit_error(const struct audit *audit, struct error *err);
void audit_write(const struct audit *audit, json_value *into);
const char *audit_result_name(enum audit_result result);

#endif
