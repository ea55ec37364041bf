/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Enrolment: the credential is root's file, and the server is a stranger. A child without rights
 * (agent/privilege.h) reads the token and talks to the server; we take two words from it, look at each
 * letter, and write the file.
 */
#ifndef SUTURE_AGENT_ENROL_H
#define SUTURE_AGENT_ENROL_H

#include "base/error.h"

/* Trades the token of the descriptor (a first line of at most 1 KiB) for a credential and keeps it.
 * Caller frees *ret_machine_id. Asking again is fine: the server gives the same machine a new
 * credential. Errors are those of checkin_enrol(). */
int enrol_machine(const char *root, int token_fd, char **ret_machine_id, struct error *err);

#endif
