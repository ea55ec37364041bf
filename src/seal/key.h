/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys. A private key comes from a PEM file (PKCS#8, with or without a passphrase) or from anything
 * that OpenSSL's providers can open by a URI: "pkcs11:..." with a PKCS#11 provider configured in
 * openssl.cnf, so that the key itself never leaves its token. Public parts are PEM files
 * (SubjectPublicKeyInfo, RFC 5280) or, for Ed25519, the 32 bytes of RFC 8032.
 *
 * Repository metadata is signed with Ed25519. Modules are signed with RSA or ECDSA, because that is
 * what kernels can check (crypto/asymmetric_keys/public_key.c).
 */
#ifndef SUTURE_SEAL_KEY_H
#define SUTURE_SEAL_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/secret.h"

enum key_kind {
	KEY_ED25519, /* for metadata */
	KEY_RSA, /* 4096 bits, for modules */
	KEY_ECDSA, /* P-384, for modules; kernels since 5.13 */
	KEY_OTHER, /* something a file held; of no use here */
};

#define ED25519_PUBLIC_SIZE 32
#define ED25519_SIGNATURE_SIZE 64
#define PASSPHRASE_LIMIT 1024

/*
 * Where a passphrase or a token's PIN comes from. `ask` writes a text of less than `size` bytes to
 * `into` and returns 0, or -1 with *err; it is called at most once for a key, and only for one that
 * needs it. `where` names the key for a prompt.
 */
struct passphrase {
	int (*ask)(void *user, const char *where, char *into, size_t size, struct error *err);
	void *user;
};

struct key; /* owned by whoever opened it */

int key_generate(enum key_kind kind, struct key **ret_key, struct error *err);
/* A private key; `passphrase` may be NULL: a key that needs one is then an error. */
int key_open(const char *where, const struct passphrase *passphrase, struct key **ret_key,
	     struct error *err);
/* The public part, from a public or a private key file or a URI. The file may be hostile. */
int key_open_public(const char *where, const struct passphrase *passphrase, struct key **ret_key,
		    struct error *err);
int key_from_ed25519(const uint8_t public[static ED25519_PUBLIC_SIZE], struct key **ret_key,
		     struct error *err);
void key_free(struct key *key); /* takes NULL */
DEFINE_AUTO(key)
#define auto_key __attribute__((cleanup(auto_key_cleanup)))

/* Mode 0600, never over an existing file. Encrypted (PKCS#8, AES-256, scrypt) unless the text is
 * NULL. */
int key_write_private(const struct key *key, const char *path, const char *passphrase,
		      struct error *err);
int key_write_public(const struct key *key, const char *path, struct error *err);

enum key_kind key_kind(const struct key *key);
const char *key_kind_name(enum key_kind kind); /* "ed25519", "rsa", "ecdsa", "other" */
bool key_is_private(const struct key *key);

/* Ed25519 only. */
int key_public_bytes(const struct key *key, uint8_t public[static ED25519_PUBLIC_SIZE],
		     struct error *err);
int key_sign(const struct key *key, const void *data, size_t size,
	     uint8_t signature[static ED25519_SIGNATURE_SIZE], struct error *err);
bool key_verify(const struct key *key, const void *data, size_t size,
		const uint8_t signature[static ED25519_SIGNATURE_SIZE]);

#endif
