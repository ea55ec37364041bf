/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the server says no: a code for programs, a sentence and a remedy for people. None of them
 * repeats what the other side sent.
 */
#ifndef SUTURE_SERVER_REFUSAL_H
#define SUTURE_SERVER_REFUSAL_H

/* id, HTTP status, code, sentence, remedy */
#define REFUSALS(X)                                                                                \
	X(REFUSE_NOTHING, 200, "ok", "", "")                                                       \
	X(REFUSE_MALFORMED, 400, "malformed", "the request is not what it should be",              \
	  "see suture-api(7); a machine's own program of the same version sends it right")         \
	X(REFUSE_CREDENTIAL_MISSING, 401, "credential-missing", "a machine's credential is needed", \
	  "enrol first: 'suture enable TOKEN'")                                                    \
	X(REFUSE_CREDENTIAL_UNKNOWN, 401, "credential-unknown",                                    \
	  "this credential is not known, was replaced, or was revoked",                            \
	  "ask the administrator of the server, then enrol again: 'suture enable TOKEN'")          \
	X(REFUSE_TOKEN_UNKNOWN, 403, "token-unknown", "the server does not know this token",       \
	  "see that all of it was copied; the server's administrator makes one with "              \
	  "'suture-server token new'")                                                             \
	X(REFUSE_TOKEN_REVOKED, 403, "token-revoked", "this token was revoked",                    \
	  "ask the server's administrator for another one")                                        \
	X(REFUSE_TOKEN_EXPIRED, 403, "token-expired", "this token has expired",                    \
	  "ask the server's administrator for another one")                                        \
	X(REFUSE_TOKEN_USED_UP, 403, "token-used-up",                                              \
	  "this token was used for as many machines as it is for",                                 \
	  "ask the server's administrator for another one")                                        \
	X(REFUSE_MACHINE_REVOKED, 403, "machine-revoked", "this machine was revoked",              \
	  "the server's administrator lets it come back with 'suture-server machine forget ID'")   \
	X(REFUSE_LOCAL_ONLY, 403, "local-only", "this is told to the server's own machine only",   \
	  "ask from there, or set metrics-from = any")                                             \
	X(REFUSE_ALREADY_ENROLLED, 409, "already-enrolled",                                        \
	  "a machine of this id is enrolled and uses its credential",                              \
	  "keep that credential; if it is lost, the server's administrator says "                  \
	  "'suture-server machine forget ID'")                                                     \
	X(REFUSE_NO_SUCH_PAGE, 404, "not-found", "there is nothing of this name", "")              \
	X(REFUSE_METHOD, 405, "method", "this is not done here by this method", "")                \
	X(REFUSE_TOO_LARGE, 413, "too-large", "the request is larger than its limit", "")          \
	X(REFUSE_RANGE, 416, "range", "the file has no such range", "ask for the whole file")      \
	X(REFUSE_TOO_MANY, 429, "too-many", "too many requests came from there",                   \
	  "wait as long as Retry-After says")                                                      \
	X(REFUSE_NOT_NOW, 503, "not-now", "the server cannot do it just now",                      \
	  "wait as long as Retry-After says")

enum refusal {
#define X(id, status, code, message, remedy) id,
	REFUSALS(X)
#undef X
};

unsigned refusal_status(enum refusal refusal);
const char *refusal_code(enum refusal refusal);
const char *refusal_message(enum refusal refusal);
const char *refusal_remedy(enum refusal refusal);

#endif
