// SPDX-License-Identifier: GPL-2.0-or-later
/* Keys from and to files, and from whatever else OpenSSL's providers can open. */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/store.h>
#include <openssl/ui.h>
#include <fcntl.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "seal/key.h"
#include "seal/openssl.h"

#define KEY_FILE_LIMIT (64 << 10)

/* One question to the passphrase callback; remembers what went wrong, as OpenSSL cannot. */
struct question {
	const struct passphrase *passphrase;
	const char *where;
	bool asked, failed;
	struct error err;
};

static int answer(char *into, int size, int rwflag, void *user)
{
	struct question *question = user;

	(void)rwflag;
	question->asked = true;
	if (!question->passphrase) {
		question->failed = true;
		error_set(&question->err, ERROR_INVALID,
			  "the key has a passphrase and none was given");
		return -1;
	}
	if (question->passphrase->ask(question->passphrase->user, question->where, into,
				      (size_t)size, &question->err) < 0) {
		question->failed = true;
		return -1;
	}
	return (int)strnlen(into, (size_t)size);
}

static int open_error(struct question *question, struct error *err)
{
	if (question->failed) {
		*err = question->err;
		ERR_clear_error();
		return error_context(err, "cannot open the key %s", question->where);
	}
	return openssl_error(err, ERROR_INVALID, "cannot open the key %s%s", question->where,
			     question->asked ? " (is the passphrase right?)" : " (does it hold a key?)");
}

static int take_pkey(EVP_PKEY *pkey, bool is_private, struct key **ret_key)
{
	struct key *key = xcalloc(1, sizeof(*key));

	key->pkey = pkey;
	key->is_private = is_private;
	*ret_key = key;
	return 0;
}

/* A file holds at most one key; a private one is taken before a public one. */
static int open_file(const char *path, struct question *question, struct key **ret_key,
		     struct error *err)
{
	auto_buffer struct buffer text = BUFFER_INIT;

	if (file_read(path, KEY_FILE_LIMIT, &text, err) < 0)
		return -1;

	auto_BIO BIO *bio = BIO_new_mem_buf(text.data, (int)text.size);
	bool is_private = !strstr(buffer_text(&text), "-----BEGIN PUBLIC KEY-----");
	EVP_PKEY *pkey = is_private ? PEM_read_bio_PrivateKey(bio, NULL, answer, question) :
				      PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);

	secret_wipe(text.data, text.size);
	if (!pkey)
		return open_error(question, err);
	return take_pkey(pkey, is_private, ret_key);
}

/*
 * "pkcs11:..." needs a provider that is not built into OpenSSL. It may be configured in
 * openssl.cnf or just be installed; then loading it by name is enough. Loading any provider by hand
 * turns the automatic loading of the default one off, so that is done too.
 */
static void load_provider(const char *where)
{
	if (has_prefix(where, "pkcs11:")) {
		OSSL_PROVIDER_try_load(NULL, "pkcs11", 1);
		OSSL_PROVIDER_try_load(NULL, "default", 1);
		ERR_clear_error();
	}
}

static EVP_PKEY *store_find(OSSL_STORE_CTX *store, bool want_private)
{
	EVP_PKEY *found = NULL;

	while (!found && !OSSL_STORE_eof(store)) {
		OSSL_STORE_INFO *info = OSSL_STORE_load(store);

		if (!info) {
			if (OSSL_STORE_error(store))
				break;
			continue;
		}
		if (OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PKEY)
			found = OSSL_STORE_INFO_get1_PKEY(info);
		else if (!want_private && OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PUBKEY)
			found = OSSL_STORE_INFO_get1_PUBKEY(info);
		OSSL_STORE_INFO_free(info);
	}
	return found;
}

static int open_uri(const char *uri, bool want_private, struct question *question,
		    struct key **ret_key, struct error *err)
{
	load_provider(uri);

	UI_METHOD *method = UI_UTIL_wrap_read_pem_callback(answer, 0);
	OSSL_STORE_CTX *store = OSSL_STORE_open(uri, method, question, NULL, NULL);
	EVP_PKEY *pkey = NULL;

	if (store) {
		if (want_private)
			OSSL_STORE_expect(store, OSSL_STORE_INFO_PKEY);
		pkey = store_find(store, want_private);
		OSSL_STORE_close(store);
	}
	UI_destroy_method(method);
	if (!pkey && has_prefix(uri, "pkcs11:") && !OSSL_PROVIDER_available(NULL, "pkcs11"))
		return error_set(
			err, ERROR_NOT_FOUND,
			"cannot open the key %s: OpenSSL has no pkcs11 provider; install one "
			"and name it in openssl.cnf",
			uri);
	if (!pkey)
		return open_error(question, err);
	ERR_clear_error();
	return take_pkey(pkey, want_private, ret_key);
}

/* A path may contain a colon; a URI has a scheme of letters and digits before it (RFC 3986). */
static bool is_uri(const char *where)
{
	size_t length = strspn(where, "abcdefghijklmnopqrstuvwxyz0123456789+-.");

	return length > 1 && where[length] == ':' && !file_exists(where);
}

static int open_any(const char *where, bool want_private, const struct passphrase *passphrase,
		    struct key **ret_key, struct error *err)
{
	struct question question = { .passphrase = passphrase, .where = where };

	if (is_uri(where))
		return open_uri(where, want_private, &question, ret_key, err);
	return open_file(where, &question, ret_key, err);
}

int key_open(const char *where, const struct passphrase *passphrase, struct key **ret_key,
	     struct error *err)
{
	auto_key struct key *key = NULL;

	if (open_any(where, true, passphrase, &key, err) < 0)
		return -1;
	if (!key->is_private)
		return error_set(err, ERROR_INVALID,
				 "%s is a public key; signing needs the private one", where);
	*ret_key = steal_ptr(key);
	return 0;
}

int key_open_public(const char *where, const struct passphrase *passphrase, struct key **ret_key,
		    struct error *err)
{
	return open_any(where, false, passphrase, ret_key, err);
}

/* The file appears under its name only when it is complete, and never replaces another key. */
static int write_new(const char *path, BIO *bio, mode_t mode, struct error *err)
{
	char *data;
	long size = BIO_get_mem_data(bio, &data);

	if (file_exists(path))
		return error_set(err, ERROR_INVALID,
				 "%s exists; a key is never overwritten: choose another name",
				 path);

	int result = file_write(path, data, (size_t)size, mode, true, err);

	secret_wipe(data, (size_t)size);
	return result;
}

/* scrypt, as much as a reader's default limit of memory (32 MiB) allows. */
#define SCRYPT_N (1 << 14)
#define SCRYPT_R 8
#define SCRYPT_P 1

static bool write_encrypted(BIO *bio, EVP_PKEY *pkey, const char *passphrase)
{
	PKCS8_PRIV_KEY_INFO *plain = EVP_PKEY2PKCS8(pkey);
	X509_ALGOR *method = PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), NULL, 0, NULL, SCRYPT_N,
						   SCRYPT_R, SCRYPT_P);
	X509_SIG *sealed = plain && method ? PKCS8_set0_pbe(passphrase, (int)strlen(passphrase),
							    plain, method) : NULL;

	if (!sealed) /* else it owns the method */
		X509_ALGOR_free(method);

	bool done = sealed && PEM_write_bio_PKCS8(bio, sealed) == 1;

	X509_SIG_free(sealed);
	PKCS8_PRIV_KEY_INFO_free(plain);
	return done;
}

int key_write_private(const struct key *key, const char *path, const char *passphrase,
		      struct error *err)
{
	auto_BIO BIO *bio = BIO_new(BIO_s_mem());
	bool done;

	if (!key->is_private)
		return error_set(err, ERROR_INVALID, "this key has no private part");
	if (passphrase)
		done = bio && write_encrypted(bio, key->pkey, passphrase);
	else
		done = bio && PEM_write_bio_PKCS8PrivateKey(bio, key->pkey, NULL, NULL, 0, NULL,
							    NULL) == 1;
	if (!done)
		return openssl_error(err, ERROR_FAILED, "cannot encode the key for %s", path);
	return write_new(path, bio, 0600, err);
}

int key_write_public(const struct key *key, const char *path, struct error *err)
{
	auto_BIO BIO *bio = BIO_new(BIO_s_mem());

	if (!bio || PEM_write_bio_PUBKEY(bio, key->pkey) != 1)
		return openssl_error(err, ERROR_FAILED, "cannot encode the public key for %s",
				     path);
	return write_new(path, bio, 0644, err);
}
