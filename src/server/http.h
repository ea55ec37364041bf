/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HTTP and TLS, through libmicrohttpd: the only file that knows it. A few threads with epoll, every
 * request limited in bytes of header and body, in time and in connections of one address.
 */
#ifndef SUTURE_SERVER_HTTP_H
#define SUTURE_SERVER_HTTP_H

#include <stdbool.h>

#include "base/error.h"
#include "base/memory.h"

struct exchange;

struct http_handler {
	/* The header is there. Sets body_limit, or answers at once. */
	void (*begin)(void *user, struct exchange *exchange);
	/* All is there. Answers, or calls http_suspend() and returns true: somebody calls
	 * http_continue() when the answer is there, from any thread, perhaps before this has
	 * returned. */
	bool (*finish)(void *user, struct exchange *exchange);
	/* It is over, answered or not. */
	void (*end)(void *user, const struct exchange *exchange);
	void *user;
};

struct http_plan {
	int listener; /* a listening socket; taken over */
	const char *certificate, *key; /* PEM texts; NULL: no TLS */
	unsigned threads;
	unsigned connections; /* at once */
	unsigned connections_of_address; /* 0: as many as there are */
	unsigned seconds; /* for a request to arrive, and between two of one connection */
	const char *trusted_proxy; /* borrowed; NULL: none */
	struct http_handler handler;
};

struct http_server;
int http_server_start(const struct http_plan *plan, struct http_server **ret_server,
		      struct error *err);
/* To be called about once a second: ends who is too slow; returns how many. */
unsigned http_server_sweep(struct http_server *server);
unsigned http_server_connections(struct http_server *server);
unsigned http_server_busy(struct http_server *server); /* requests under way */
/* No new connections; those that are there may finish. */
void http_server_quiesce(struct http_server *server);
/* Every exchange that waits must have been continued before. */
void http_server_free(struct http_server *server); /* takes NULL */
DEFINE_AUTO(http_server)
#define auto_http_server __attribute__((cleanup(auto_http_server_cleanup)))

void http_suspend(struct exchange *exchange);
void http_continue(struct exchange *exchange);

#endif
