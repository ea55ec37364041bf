// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "seal/certificate.h"
#include "seal/key.h"
#include "seal/module_signature.h"
#include "test.h"

static struct key *key;
static struct certificate *certificate, *other;
static const char module[] = "\177ELF any bytes: the signature does not look at them";

static int make_keys(void **state)
{
	auto_key struct key *second = NULL;
	struct error err;

	(void)state;
	if (key_generate(KEY_ECDSA, &key, &err) < 0 || key_generate(KEY_ECDSA, &second, &err) < 0)
		return -1;
	return certificate_make(key, "test key", 10, &certificate, &err) < 0 ||
	       certificate_make(second, "another", 10, &other, &err) < 0;
}

static int free_keys(void **state)
{
	(void)state;
	key_free(key);
	certificate_free(certificate);
	certificate_free(other);
	return 0;
}

static void sign(struct buffer *into)
{
	struct error err;

	assert_ok(module_sign(module, sizeof(module), key, certificate, NULL, into, &err), err);
}

static void a_signed_module_verifies_and_keeps_its_content(void **state)
{
	auto_buffer struct buffer signed_module = BUFFER_INIT;
	struct module_signature parts;
	struct error err;

	(void)state;
	sign(&signed_module);
	assert_ok(module_signature_find(signed_module.data, signed_module.size, &parts, &err), err);
	assert_int_equal(parts.content_size, sizeof(module));
	assert_memory_equal(signed_module.data, module, sizeof(module));
	assert_int_equal(parts.content_size + parts.message_size + 12 + 28, signed_module.size);
	assert_ok(
		module_signature_verify(signed_module.data, signed_module.size, certificate, &err),
		err);
}

static void another_certificate_does_not_verify(void **state)
{
	auto_buffer struct buffer signed_module = BUFFER_INIT;
	struct error err;

	(void)state;
	sign(&signed_module);
	assert_fails(module_signature_verify(signed_module.data, signed_module.size, other, &err),
		     err, ERROR_VERIFY, "not made by");
}

static void a_changed_byte_does_not_verify(void **state)
{
	auto_buffer struct buffer signed_module = BUFFER_INIT;
	struct error err;

	(void)state;
	sign(&signed_module);
	signed_module.data[5] ^= 1;
	assert_fails(module_signature_verify(signed_module.data, signed_module.size, certificate,
					     &err),
		     err, ERROR_VERIFY, "not made by");
}

static void the_signer_is_named(void **state)
{
	auto_buffer struct buffer signed_module = BUFFER_INIT;
	auto_module_signer struct module_signer signer = { 0 };
	auto_free char *serial = certificate_serial(certificate);
	struct error err;

	(void)state;
	sign(&signed_module);
	assert_ok(module_signature_signer(signed_module.data, signed_module.size, &signer, &err),
		  err);
	assert_string_equal(signer.issuer, "test key");
	assert_string_equal(signer.serial, serial);
	assert_string_equal(signer.hash, "sha256");
}

static void an_unsigned_module_is_not_verified(void **state)
{
	struct module_signature parts;
	struct error err;

	(void)state;
	assert_ok(module_signature_find(module, sizeof(module), &parts, &err), err);
	assert_int_equal(parts.message_size, 0);
	assert_fails(module_signature_verify(module, sizeof(module), certificate, &err), err,
		     ERROR_VERIFY, "not signed");
}

static void a_module_is_not_signed_twice(void **state)
{
	auto_buffer struct buffer once = BUFFER_INIT;
	auto_buffer struct buffer twice = BUFFER_INIT;
	struct error err;

	(void)state;
	sign(&once);
	assert_fails(module_sign(once.data, once.size, key, certificate, NULL, &twice, &err), err,
		     ERROR_INVALID, "already");
	assert_int_equal(twice.size, 0);
}

static void a_key_that_is_not_the_certificates_signs_nothing(void **state)
{
	auto_buffer struct buffer into = BUFFER_INIT;
	struct error err;

	(void)state;
	assert_fails(module_sign(module, sizeof(module), key, other, NULL, &into, &err), err,
		     ERROR_INVALID, "belong together");
}

/* Each byte of the trailer in turn; none of it may crash, and what kernels refuse is refused. */
static void a_damaged_trailer_is_refused(void **state)
{
	auto_buffer struct buffer good = BUFFER_INIT;
	struct module_signature parts;
	struct error err;

	(void)state;
	sign(&good);
	for (size_t i = 0; i < 8; i++) {
		auto_buffer struct buffer bad = BUFFER_INIT;

		buffer_add(&bad, good.data, good.size);
		bad.data[bad.size - 28 - 12 + i] ^= 0x40;
		assert_fails(module_signature_find(bad.data, bad.size, &parts, &err), err,
			     ERROR_INVALID, "trailer");
	}
}

static void a_length_beyond_the_file_is_refused(void **state)
{
	auto_buffer struct buffer bad = BUFFER_INIT;
	struct module_signature parts;
	struct error err;

	(void)state;
	sign(&bad);
	bad.data[bad.size - 28 - 4] = 0xff;
	assert_fails(module_signature_find(bad.data, bad.size, &parts, &err), err, ERROR_INVALID,
		     "length");
	assert_fails(module_signature_find("~Module signature appended~\n", 28, &parts, &err), err,
		     ERROR_INVALID, "cut off");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signed_module_verifies_and_keeps_its_content),
		cmocka_unit_test(another_certificate_does_not_verify),
		cmocka_unit_test(a_changed_byte_does_not_verify),
		cmocka_unit_test(the_signer_is_named),
		cmocka_unit_test(an_unsigned_module_is_not_verified),
		cmocka_unit_test(a_module_is_not_signed_twice),
		cmocka_unit_test(a_key_that_is_not_the_certificates_signs_nothing),
		cmocka_unit_test(a_damaged_trailer_is_refused),
		cmocka_unit_test(a_length_beyond_the_file_is_refused),
	};

	return cmocka_run_group_tests(tests, make_keys, free_keys);
}
