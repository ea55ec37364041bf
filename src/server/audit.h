/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines for the journal: what was given to whom, what was refused, what fails. Never a token, a
 * credential or anything else that the other side sent without its having been checked.
 */
#ifndef SUTURE_SERVER_AUDIT_H
#define SUTURE_SERVER_AUDIT_H

enum audit_weight { /* sd-daemon(3) */
	AUDIT_PROBLEM = 3,
	AUDIT_WARNING = 4,
	AUDIT_NOTICE = 5,
	AUDIT_INFO = 6,
};

/* One line to standard error, in one piece. */
void audit(enum audit_weight weight, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
