// SPDX-License-Identifier: GPL-2.0-or-later
#include "seal/key.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <string.h>

#include "seal/openssl.h"

#define RSA_BITS 4096

void key_free(struct key *key)
{
	if (!key)
		return;
	EVP_PKEY_free(key->pkey);
	free(key);
}

enum key_kind key_kind(const struct key *key)
{
	if (EVP_PKEY_is_a(key->pkey, "ED25519"))
		return KEY_ED25519;
	if (EVP_PKEY_is_a(key->pkey, "RSA"))
		return KEY_RSA;
	if (EVP_PKEY_is_a(key->pkey, "EC"))
		return KEY_ECDSA;
	return KEY_OTHER;
}

const char *key_kind_name(enum key_kind kind)
{
	static const char *const names[] = {
		[KEY_ED25519] = "ed25519", [KEY_RSA] = "rsa", [KEY_ECDSA] = "ecdsa",
		[KEY_OTHER] = "other",
	};

	return names[kind];
}

bool key_is_private(const struct key *key)
{
	return key->is_private;
}

int key_generate(enum key_kind kind, struct key **ret_key, struct error *err)
{
	EVP_PKEY *pkey = NULL;

	if (kind == KEY_ED25519)
		pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	else if (kind == KEY_RSA)
		pkey = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)RSA_BITS);
	else if (kind == KEY_ECDSA)
		pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
	if (!pkey)
		return openssl_error(err, ERROR_FAILED, "cannot generate a key of kind %s",
				     key_kind_name(kind));

	struct key *key = xcalloc(1, sizeof(*key));

	key->pkey = pkey;
	key->is_private = true;
	*ret_key = key;
	return 0;
}

int key_from_ed25519(const uint8_t public[static ED25519_PUBLIC_SIZE], struct key **ret_key,
		     struct error *err)
{
	EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key_ex(NULL, "ED25519", NULL, public,
							ED25519_PUBLIC_SIZE);

	if (!pkey)
		return openssl_error(err, ERROR_INVALID, "not an Ed25519 public key");

	struct key *key = xcalloc(1, sizeof(*key));

	key->pkey = pkey;
	*ret_key = key;
	return 0;
}

static int check_ed25519(const struct key *key, struct error *err)
{
	if (key_kind(key) == KEY_ED25519)
		return 0;
	return error_set(err, ERROR_INVALID,
			 "metadata is signed with Ed25519 keys, and this key is of kind %s",
			 key_kind_name(key_kind(key)));
}

int key_public_bytes(const struct key *key, uint8_t public[static ED25519_PUBLIC_SIZE],
		     struct error *err)
{
	size_t size = ED25519_PUBLIC_SIZE;

	if (check_ed25519(key, err) < 0)
		return -1;
	/* Keys in a token answer one question or the other, depending on the provider. */
	if (EVP_PKEY_get_raw_public_key(key->pkey, public, &size) != 1 &&
	    EVP_PKEY_get_octet_string_param(key->pkey, OSSL_PKEY_PARAM_PUB_KEY, public,
					    ED25519_PUBLIC_SIZE, &size) != 1)
		return openssl_error(err, ERROR_FAILED, "cannot get the public part of the key");
	ERR_clear_error();
	if (size != ED25519_PUBLIC_SIZE)
		return error_set(err, ERROR_INVALID, "the public part has %zu bytes, not %d", size,
				 ED25519_PUBLIC_SIZE);
	return 0;
}

int key_sign(const struct key *key, const void *data, size_t size,
	     uint8_t signature[static ED25519_SIGNATURE_SIZE], struct error *err)
{
	auto_MD_CTX EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t length = ED25519_SIGNATURE_SIZE;

	if (check_ed25519(key, err) < 0)
		return -1;
	if (!key->is_private)
		return error_set(err, ERROR_INVALID, "a public key cannot sign");
	if (!context ||
	    EVP_DigestSignInit_ex(context, NULL, NULL, NULL, NULL, key->pkey, NULL) != 1 ||
	    EVP_DigestSign(context, signature, &length, data, size) != 1 ||
	    length != ED25519_SIGNATURE_SIZE)
		return openssl_error(err, ERROR_FAILED, "cannot sign");
	return 0;
}

bool key_verify(const struct key *key, const void *data, size_t size,
		const uint8_t signature[static ED25519_SIGNATURE_SIZE])
{
	auto_MD_CTX EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good =
		context && key_kind(key) == KEY_ED25519 &&
		EVP_DigestVerifyInit_ex(context, NULL, NULL, NULL, NULL, key->pkey, NULL) == 1 &&
		EVP_DigestVerify(context, signature, ED25519_SIGNATURE_SIZE, data, size) == 1;

	ERR_clear_error();
	return good;
}
