/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the server knows this machine by: /etc/suture/credential, JSON of one machine_id and one
 * secret, 0640, root's and the group suture-fetch's. The secret goes into one HTTP header and
 * nowhere else: not into an address, an argument, an error text or a log.
 */
#ifndef SUTURE_AGENT_CREDENTIAL_H
#define SUTURE_AGENT_CREDENTIAL_H

#include "base/error.h"

#define CREDENTIAL_GROUP "suture-fetch"

struct credential {
	char *machine_id; /* hexadecimal; may be shown */
	char *secret; /* [A-Za-z0-9._~+/=-], at most 512 */
};
void credential_clear(struct credential *credential); /* wipes the secret */
#define auto_credential __attribute__((cleanup(credential_clear)))

/* ERROR_NOT_FOUND: not enrolled. ERROR_PERMISSION also if others may read the file. */
int credential_read(const char *root, struct credential *ret_credential, struct error *err);
int credential_write(const char *root, const struct credential *credential, struct error *err);
int credential_remove(const char *root, struct error *err); /* not there: success */

#endif
