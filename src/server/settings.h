/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the server is told: /etc/suture/server.conf, "key = value", one a line; '#' begins a comment
 * line. A key that is not known or a value that makes no sense is an error that names the line. The
 * table is what parser, options and manual know of the keys.
 */
#ifndef SUTURE_SERVER_SETTINGS_H
#define SUTURE_SERVER_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* Texts: identifier, key, default, help */
#define SETTING_TEXTS(X)                                                                       \
	X(listen, "listen", "127.0.0.1:8080", "ADDRESS:PORT to listen on; port 0: any")        \
	X(certificate, "certificate", NULL, "certificate and its chain (PEM)")                 \
	X(key, "key", NULL, "the certificate's private key (PEM, without a passphrase)")       \
	X(repository, "repository", NULL, "folder that is served below /repo/")                \
	X(database, "database", "/var/lib/suture-server/suture.db", "the database's file")     \
	X(metrics_from, "metrics-from", "local", "who may read /metrics: local or any")        \
	X(trusted_proxy, "trusted-proxy", NULL,                                                \
	  "address of a proxy whose X-Forwarded-For tells who asks")

/* Numbers: identifier, key, default, least, most, help */
#define SETTING_NUMBERS(X)                                                                     \
	X(interval, "interval", 3600, 10, 604800, "seconds after which a machine checks in again") \
	X(threads, "threads", 0, 0, 64, "that serve; 0: one for each processor")               \
	X(connections, "connections", 2000, 10, 100000, "at once")                             \
	X(address_connections, "address-connections", 100, 0, 100000,                          \
	  "at once of one address; 0: no limit")                                               \
	X(address_rate, "address-rate", 200, 0, 1000000,                                       \
	  "requests a second of one address; 0: no limit")                                     \
	X(refusals_rate, "refusals-rate", 30, 0, 1000000,                                      \
	  "wrong tokens and credentials a minute of one address; 0: no limit")                 \
	X(machine_rate, "machine-rate", 120, 0, 1000000,                                       \
	  "check-ins and events an hour of one machine; 0: no limit")                          \
	X(seconds, "seconds", 20, 1, 3600, "for a request to arrive")                          \
	X(lock_wait, "lock-wait", 2000, 10, 60000,                                             \
	  "milliseconds to wait for a database that somebody else has locked")

struct settings { /* owns its texts; NULL: not set */
#define X(name, key, otherwise, help) char *name;
	SETTING_TEXTS(X)
#undef X
#define X(name, key, otherwise, least, most, help) uint64_t name;
	SETTING_NUMBERS(X)
#undef X
};

void settings_init(struct settings *settings); /* defaults */
void settings_clear(struct settings *settings);
#define auto_settings __attribute__((cleanup(settings_clear)))
int settings_read(const char *path, struct settings *settings, struct error *err);
/* One key; ERROR_INVALID. */
int settings_set(struct settings *settings, const char *key, const char *value, struct error *err);
/* Whether they go together: a certificate has a key, and who has none listens on loopback only. */
int settings_check(const struct settings *settings, struct error *err);
/* Is it "127.0.0.1:8080", "[::1]:443", "localhost:80": a loopback address? */
bool is_loopback(const char *listen);

#endif
