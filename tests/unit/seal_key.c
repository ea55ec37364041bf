// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/text.h"
#include "seal/key.h"
#include "test.h"

static char *folder;

static int make_folder(void **state)
{
	struct error err;

	(void)state;
	return directory_make_temporary("/tmp", &folder, &err);
}

static int remove_folder(void **state)
{
	struct error err;
	int result = directory_remove(folder, &err);

	(void)state;
	free(folder);
	return result;
}

static int say(void *user, const char *where, char *into, size_t size, struct error *err)
{
	(void)where;
	(void)err;
	snprintf(into, size, "%s", (const char *)user);
	return 0;
}

static int give_none(void *user, const char *where, char *into, size_t size, struct error *err)
{
	(void)user;
	(void)into;
	(void)size;
	return error_set(err, ERROR_NOT_FOUND, "nobody to ask for the passphrase of %s", where);
}

/* RFC 8032, section 7.1, test 2. */
static void the_known_answer_of_the_rfc_is_verified(void **state)
{
	uint8_t public[ED25519_PUBLIC_SIZE], signature[ED25519_SIGNATURE_SIZE];
	auto_key struct key *key = NULL;
	struct error err;

	(void)state;
	assert_true(hex_decode("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
			       public, sizeof(public)));
	assert_true(hex_decode("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
			       "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
			       signature, sizeof(signature)));
	assert_ok(key_from_ed25519(public, &key, &err), err);
	assert_true(key_verify(key, "\x72", 1, signature));
	assert_false(key_verify(key, "\x73", 1, signature));
	assert_false(key_verify(key, "", 0, signature));
	signature[63] ^= 1;
	assert_false(key_verify(key, "\x72", 1, signature));
}

static void a_signature_verifies_with_the_public_part_only(void **state)
{
	auto_free char *private_path = path_join(folder, "plain");
	auto_free char *public_path = path_join(folder, "plain.pub");
	auto_key struct key *made = NULL;
	auto_key struct key *private = NULL;
	auto_key struct key *public = NULL;
	uint8_t signature[ED25519_SIGNATURE_SIZE];
	struct stat info;
	struct error err;

	(void)state;
	assert_ok(key_generate(KEY_ED25519, &made, &err), err);
	assert_ok(key_write_private(made, private_path, NULL, &err), err);
	assert_ok(key_write_public(made, public_path, &err), err);
	assert_int_equal(stat(private_path, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	assert_ok(key_open(private_path, NULL, &private, &err), err);
	assert_ok(key_open_public(public_path, NULL, &public, &err), err);
	assert_ok(key_sign(private, "text", 4, signature, &err), err);
	assert_true(key_verify(public, "text", 4, signature));
	assert_fails(key_sign(public, "text", 4, signature, &err), err, ERROR_INVALID, "public");
}

static void a_public_key_does_not_open_as_a_private_one(void **state)
{
	auto_free char *path = path_join(folder, "only.pub");
	auto_key struct key *made = NULL;
	struct key *opened;
	struct error err;

	(void)state;
	assert_ok(key_generate(KEY_ED25519, &made, &err), err);
	assert_ok(key_write_public(made, path, &err), err);
	assert_fails(key_open(path, NULL, &opened, &err), err, ERROR_INVALID, "public key");
}

static void a_passphrase_protects_the_file(void **state)
{
	auto_free char *path = path_join(folder, "locked");
	const struct passphrase right = { say, "correct horse" }, wrong = { say, "battery" };
	const struct passphrase nobody = { give_none, NULL };
	auto_buffer struct buffer text = BUFFER_INIT;
	auto_key struct key *made = NULL;
	auto_key struct key *opened = NULL;
	struct key *none;
	struct error err;

	(void)state;
	assert_ok(key_generate(KEY_ED25519, &made, &err), err);
	assert_ok(key_write_private(made, path, "correct horse", &err), err);
	assert_ok(file_read(path, 4096, &text, &err), err);
	assert_non_null(strstr(buffer_text(&text), "ENCRYPTED"));
	assert_fails(key_open(path, NULL, &none, &err), err, ERROR_INVALID, "none was given");
	assert_fails(key_open(path, &wrong, &none, &err), err, ERROR_INVALID, "passphrase");
	assert_fails(key_open(path, &nobody, &none, &err), err, ERROR_NOT_FOUND, "nobody to ask");
	assert_ok(key_open(path, &right, &opened, &err), err);
}

static void a_key_is_never_overwritten(void **state)
{
	auto_free char *path = path_join(folder, "kept");
	auto_key struct key *key = NULL;
	struct error err;

	(void)state;
	assert_ok(key_generate(KEY_ED25519, &key, &err), err);
	assert_ok(key_write_private(key, path, NULL, &err), err);
	assert_fails(key_write_private(key, path, NULL, &err), err, ERROR_INVALID, "exists");
}

/* What a PKCS#11 URI goes through, with the store that every OpenSSL has. */
static void a_key_opens_through_a_store_uri(void **state)
{
	auto_free char *path = path_join(folder, "by-uri");
	auto_free char *uri = NULL;
	const struct passphrase pin = { say, "1234" };
	auto_key struct key *made = NULL;
	auto_key struct key *opened = NULL;
	uint8_t signature[ED25519_SIGNATURE_SIZE];
	struct error err;

	(void)state;
	assert_ok(key_generate(KEY_ED25519, &made, &err), err);
	assert_ok(key_write_private(made, path, "1234", &err), err);
	uri = xasprintf("file:%s", path);
	assert_ok(key_open(uri, &pin, &opened, &err), err);
	assert_ok(key_sign(opened, "x", 1, signature, &err), err);
	assert_true(key_verify(made, "x", 1, signature));
}

static void noise_is_no_key(void **state)
{
	auto_free char *path = path_join(folder, "noise");
	struct key *key;
	struct error err;

	(void)state;
	assert_ok(file_write(path, "\0\1\2-----BEGIN", 13, 0600, false, &err), err);
	assert_fails(key_open(path, NULL, &key, &err), err, ERROR_INVALID, "noise");
	assert_fails(key_open("nosuch:key", NULL, &key, &err), err, ERROR_INVALID, "nosuch:key");
}

static void only_ed25519_signs_metadata(void **state)
{
	auto_key struct key *key = NULL;
	uint8_t signature[ED25519_SIGNATURE_SIZE] = { 0 };
	struct error err;

	(void)state;
	assert_ok(key_generate(KEY_ECDSA, &key, &err), err);
	assert_int_equal(key_kind(key), KEY_ECDSA);
	assert_fails(key_sign(key, "x", 1, signature, &err), err, ERROR_INVALID, "ecdsa");
	assert_false(key_verify(key, "x", 1, signature));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_known_answer_of_the_rfc_is_verified),
		cmocka_unit_test(a_signature_verifies_with_the_public_part_only),
		cmocka_unit_test(a_public_key_does_not_open_as_a_private_one),
		cmocka_unit_test(a_passphrase_protects_the_file),
		cmocka_unit_test(a_key_is_never_overwritten),
		cmocka_unit_test(a_key_opens_through_a_store_uri),
		cmocka_unit_test(noise_is_no_key),
		cmocka_unit_test(only_ed25519_signs_metadata),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
