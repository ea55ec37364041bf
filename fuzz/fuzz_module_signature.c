// SPDX-License-Identifier: GPL-2.0-or-later
/* A module with whatever stands behind it. */
#include "fuzz.h"

#include <stdlib.h>

#include "seal/certificate.h"
#include "seal/key.h"
#include "seal/module_signature.h"

/* A key that signed none of the inputs. */
static const struct certificate *stranger(void)
{
	static struct certificate *certificate;
	struct key *key = NULL;
	struct error err;

	if (!certificate) {
		MUST(key_generate(KEY_ECDSA, &key, &err) == 0);
		MUST(certificate_make(key, "stranger", 1, &certificate, &err) == 0);
		key_free(key);
	}
	return certificate;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_module_signer struct module_signer signer = { 0 };
	struct module_signature parts;
	struct error err = ERROR_INIT;

	if (module_signature_find(data, size, &parts, &err) == 0) {
		MUST(parts.content_size <= size);
		MUST(!parts.message_size ||
		     parts.content_size + parts.message_size + 12 + 28 == size);
	} else {
		MUST(err.code != ERROR_NONE && err.msg[0]);
	}
	module_signature_signer(data, size, &signer, &err);
	MUST(module_signature_verify(data, size, stranger(), &err) < 0);
	return 0;
}
