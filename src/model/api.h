/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a machine and suture-server say to each other: JSON over HTTPS. Words and limits that both
 * sides need; suture-server(8) and suture-api(7) explain them to people.
 *
 * POST /api/v1/enrol            {"token": "sut_...", "machine_id": "..."}
 *   200 {"machine_id", "credential": "suc_...", "ring", "token_id"}
 *   Asking again with the same token and machine is answered again with a new credential, at no
 *   cost of uses, until a credential was used for the first time: an answer that was lost is asked
 *   for again, but a token that somebody finds later takes over nobody. A machine that has a
 *   credential sends it along ("Authorization: Bearer suc_..."): then it is always answered, and
 *   the credential that it has stays good until the new one is used.
 *   403 token-unknown | token-revoked | token-expired | token-used-up | machine-revoked
 *   409 already-enrolled: no proof that this is the same machine
 *
 * POST /api/v1/checkin          the agent's report (agent/report.h; at most API_STATUS_LIMIT), shortened
 *   as agent/checkin.h says. What
 *   `suture status --json` prints is taken too.
 *   with "Authorization: Bearer suc_..."
 *   200 {"interval": seconds, "ring": "stable", "pin": level or null}
 *
 * POST /api/v1/events           {"events": [{"event", "time", "seq", "patch", "name", "level",
 *   "text"}...]} with "Authorization: Bearer suc_...", lines of agent/history.h. event: small
 *   letters and '-', at most 40; time: seconds of the epoch; the others may be null or left out. At
 *   most API_EVENTS_LIMIT in one request. An event that came before is not kept twice.
 *   200 {"accepted": number}
 *
 * Whatever is refused: {"error": "one sentence", "code": "token-expired", "remedy": "what to do"}.
 * 400 malformed, 401 credential-unknown | credential-missing (also a revoked machine's), 403 and 409
 * as above, 413 too large, 429 too many (Retry-After), 503 not now (Retry-After).
 */
#ifndef SUTURE_MODEL_API_H
#define SUTURE_MODEL_API_H

#define API_ENROL "/api/v1/enrol"
#define API_CHECKIN "/api/v1/checkin"
#define API_EVENTS "/api/v1/events"
#define API_REPOSITORY "/repo/" /* the static repository stands below it */

#define API_TOKEN_PREFIX "sut_" /* sut_<id>_<secret>: id is public, 12 hexadecimal digits */
#define API_CREDENTIAL_PREFIX "suc_"
#define API_ID_DIGITS 12
#define API_SECRET_DIGITS 64 /* 256 random bits in hexadecimal */

#define API_STATUS_LIMIT (256 << 10) /* bytes of a report, and of a list of events */
#define API_REQUEST_LIMIT (16 << 10) /* bytes of any other request */
#define API_ANSWER_LIMIT (16 << 10) /* bytes of any answer below /api/ */
#define API_EVENTS_LIMIT 100
#define API_MACHINE_ID_LEAST 8 /* characters: letters, digits, '-', '_', '.' */
#define API_MACHINE_ID_MOST 64

#endif
