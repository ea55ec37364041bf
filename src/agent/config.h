/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /etc/suture/suture.conf: "key = value", one a line; '#' begins a comment line. A key that is not
 * known or a value that makes no sense is an error that names the line: nothing runs on a guess.
 * The table is what config get/set, the man page and the parser know of the keys.
 */
#ifndef SUTURE_AGENT_CONFIG_H
#define SUTURE_AGENT_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"

enum config_kind {
	CONFIG_TEXT,
	CONFIG_URL, /* http:// or https://, without user, password or query */
	CONFIG_PLACE, /* such an address, or file:/// and a folder on this machine */
	CONFIG_DIGEST, /* SHA-256 in hexadecimal; read as small letters */
	CONFIG_FILE, /* an absolute path */
	CONFIG_RING, /* edge, beta, candidate, stable */
	CONFIG_MODE, /* agent/mode.h */
	CONFIG_APPLY, /* automatic, manual */
	CONFIG_WINDOW, /* "22:00-05:00", UTC; may go over midnight */
	CONFIG_NUMBER,
};

/* identifier, key, kind, least, most, default (NULL: unset), help */
#define CONFIG_KEYS(X)                                                                             \
	X(CONFIG_REPO, "repo", CONFIG_PLACE, 0, 0, NULL, "address of the repository")              \
	X(CONFIG_ROOT, "root_fingerprint", CONFIG_DIGEST, 0, 0, NULL,                              \
	  "SHA-256 of the repository's root.json that trust begins with")                          \
	X(CONFIG_SERVER, "server", CONFIG_URL, 0, 0, NULL, "address of suture-server, if any")     \
	X(CONFIG_RING_NAME, "ring", CONFIG_RING, 0, 0, NULL,                                       \
	  "ring to take patches from; unset: the server's choice, else stable")                    \
	X(CONFIG_CA, "ca_file", CONFIG_FILE, 0, 0, NULL,                                           \
	  "certificates (PEM) to trust for https, in place of the system's")                       \
	X(CONFIG_PROXY, "proxy", CONFIG_URL, 0, 0, NULL, "proxy; unset: what the environment says") \
	X(CONFIG_MODE_WORD, "mode", CONFIG_MODE, 0, 0, "normal",                                   \
	  "kill switch: normal, no-apply, no-refresh or stop")                                     \
	X(CONFIG_APPLY_HOW, "apply", CONFIG_APPLY, 0, 0, "automatic",                              \
	  "automatic, or manual: only 'suture update' applies")                                    \
	X(CONFIG_APPLY_WINDOW, "window", CONFIG_WINDOW, 0, 0, NULL,                                \
	  "hours (UTC) in which patches are applied by themselves; unset: always")                 \
	X(CONFIG_INTERVAL, "interval_minutes", CONFIG_NUMBER, 1, 10080, "60",                      \
	  "least time between two refreshes")                                                      \
	X(CONFIG_PROBATION, "probation_minutes", CONFIG_NUMBER, 0, 10080, "15",                    \
	  "healthy time after which a patch is committed")                                         \
	X(CONFIG_TRANSITION, "transition_seconds", CONFIG_NUMBER, 1, 600, "60",                  \
	  "how long a transition may take before the patch is taken back")                         \
	X(CONFIG_TIMEOUT, "timeout_seconds", CONFIG_NUMBER, 1, 600, "300",                       \
	  "how long one file may take to fetch")                                                   \
	X(CONFIG_SPEED, "speed_limit_kib", CONFIG_NUMBER, 0, 10000000, "0",                        \
	  "KiB per second to fetch with at most; 0: no limit")

enum config_key {
#define X(key, name, kind, least, most, otherwise, help) key,
	CONFIG_KEYS(X)
#undef X
	CONFIG_KEY_COUNT
};

struct config_row {
	const char *name;
	enum config_kind kind;
	uint64_t least, most;
	const char *otherwise; /* default or NULL */
	const char *help;
};
extern const struct config_row config_rows[CONFIG_KEY_COUNT];
/* CONFIG_KEY_COUNT if there is none of that name. */
enum config_key config_find(const char *name);

struct config {
	char *values[CONFIG_KEY_COUNT]; /* as given and valid; NULL: not given */
};
void config_clear(struct config *config);
#define auto_config __attribute__((cleanup(config_clear)))

/* A file that is not there is an empty one. */
int config_read(const char *root, struct config *ret_config, struct error *err);
int config_parse(const char *text, struct config *ret_config, struct error *err);
int config_check_value(enum config_key key, const char *value, struct error *err);
/* The value or the default; NULL if there is neither. */
const char *config_text(const struct config *config, enum config_key key);
unsigned config_number(const struct config *config, enum config_key key);
/* Changes one key (NULL: takes it out) and leaves every other line as it is. */
int config_set(const char *root, enum config_key key, const char *value, struct error *err);
/* Whether `now` (seconds of the epoch) lies in the window; true without one. */
bool config_in_window(const struct config *config, int64_t now);

#endif
