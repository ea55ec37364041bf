/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening the keys that were named on a command line, with their passphrases. */
#ifndef SUTURE_CLI_PUBLISH_KEYS_H
#define SUTURE_CLI_PUBLISH_KEYS_H

#include <stddef.h>

#include "cli/command.h"
#include "seal/key.h"

#define PASSPHRASE_OPTION                                               \
	{ .name = "passphrase-file", .argument = "FILE",                \
	  .help = "read the keys' passphrase or PIN from FILE, - for standard input" }

/* A passphrase comes from --passphrase-file or, on a terminal, from a question. */
struct passphrase_source {
	const char *file; /* or NULL */
	struct passphrase passphrase;
};
void passphrase_source_init(struct passphrase_source *source, const struct args *args);
/* Asks twice on a terminal. `into` has PASSPHRASE_LIMIT bytes; wipe it. */
int passphrase_choose(struct passphrase_source *source, const char *where, char *into,
		      struct error *err);

struct keys {
	struct key **items; /* owned */
	size_t count, capacity;
};
void keys_clear(struct keys *keys);
#define auto_keys __attribute__((cleanup(keys_clear)))

/* The private keys of every --key. ERROR_USAGE if there is none. */
int keys_open(const struct args *args, struct keys *ret_keys, struct error *err);

#endif
