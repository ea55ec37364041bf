/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files over HTTP, through libcurl. Whoever answers is hostile: every answer is limited in bytes,
 * in time and in slowness, redirections are few and lead to HTTP only, and nothing of the answer
 * but its status and its bytes is looked at. What the bytes are worth, repo/trust.h finds out.
 */
#ifndef SUTURE_AGENT_HTTP_H
#define SUTURE_AGENT_HTTP_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/json.h"
#include "base/memory.h"
#include "repo/fetch.h"

struct http_settings { /* texts are copied */
	const char *
		base_url; /* "https://patches.example.org/kernel", with or without '/' at the end */
	const char *proxy; /* NULL: what the environment says (http_proxy, https_proxy, no_proxy) */
	const char *ca_file; /* PEM, instead of the system's certificates; NULL: those */
	unsigned connect_seconds; /* to reach the server; 0: 10 */
	unsigned total_seconds; /* for one file; 0: 300 */
	unsigned slow_seconds; /* under 1 KiB/s for that long ends it; 0: 15 */
	unsigned speed_limit; /* bytes a second; 0: none */
};

struct http;
/* ERROR_INVALID for an URL that is not http or https. */
int http_new(const struct http_settings *settings, struct http **ret_http, struct error *err);
void http_free(struct http *http); /* takes NULL */
DEFINE_AUTO(http)
#define auto_http __attribute__((cleanup(auto_http_cleanup)))

/* ERROR_NOT_FOUND for 404, 410 and 403 (what some stores say of what they do not have);
 * ERROR_TEMPORARY for every way not to get an answer, 429 and 5xx; ERROR_INTERRUPTED on a signal.
 */
struct fetcher fetcher_of_http(struct http *http);

/* One file that we have already: asked for only if it changed (RFC 9110, section 13). Where the
 * server says that it did not, the fetcher answers with `have`. All borrowed until the next call;
 * `name` NULL ends it. `etag` and `modified` are what an earlier answer had, or NULL. */
void http_remember(struct http *http, const char *name, const struct buffer *have,
		   const char *etag, const char *modified);
/* What the last answer of a remembered name had; NULL: nothing. Borrowed. */
const char *http_etag(const struct http *http);
const char *http_modified(const struct http *http);

/* Posts JSON and gets JSON of at most `limit` bytes. `secret` (or NULL) goes along as a bearer token
 * (RFC 6750): never over a redirection, and never without TLS except to this machine itself. The
 * errors of the fetcher, and ERROR_PERMISSION for 401, 403 and 409, ERROR_INVALID for 400 and an answer
 * that is no JSON; the server's own {"error": "..."} is put behind. */
int http_post(struct http *http, const char *name, const json_value *body, const char *secret,
	      size_t limit, json_value **ret_answer, struct error *err);

/* Seconds that the server asked to wait (Retry-After) with its last answer; 0: it did not. */
unsigned http_retry_after(const struct http *http);

#endif
