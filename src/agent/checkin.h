/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Talking to suture-server: what this machine says of itself goes there, and what it asks for comes
 * back as advice.
 *
 *     POST api/v1/enrol    {"token", "machine_id"}            -> {"machine_id", "credential"}
 *     POST api/v1/checkin  Bearer credential, the report      -> {"interval", "ring", "pin"}
 *     POST api/v1/events   Bearer credential, {"events": []}  -> {}
 */
#ifndef SUTURE_AGENT_CHECKIN_H
#define SUTURE_AGENT_CHECKIN_H

#include "agent/config.h"
#include "agent/credential.h"
#include "base/error.h"

/* Trades a token for a credential; `proof` is the secret that this machine has already, or NULL:
 * with it the server answers again and again (model/api.h). ERROR_PERMISSION: the token is wrong, used up or expired, and the
 * server's words say which. ERROR_TEMPORARY: unreachable. Nothing is written. */
int checkin_enrol(const struct config *config, const char *token, const char *machine_id,
		  const char *proof, struct credential *ret_credential, struct error *err);
/* The same with a token from the descriptor (a first line of at most 1 KiB). Who keeps the credential
 * says agent/enrol.h. */
int checkin_enrol_from(const char *root, int fd, struct credential *ret_credential, struct error *err);
/* Sends the report, without what would make it large (patches: only in force, waiting or gone wrong,
 * with "cves_count"; "patches_known"; "debt" cut, with "debt_count"), and the events that the server
 * does not have yet; writes the advice. *ret_wait, always written: the longest Retry-After of the answers, 0 if
 * there is none. ERROR_NOT_FOUND: this machine is not enrolled. */
int checkin_send(const char *root, const struct config *config, unsigned *ret_wait,
		 struct error *err);

#endif
