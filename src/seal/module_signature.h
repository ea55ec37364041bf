/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The signature behind a kernel module.
 *
 *     module | PKCS#7 message | struct module_signature (12 bytes) | "~Module signature
 * appended~\n"
 *
 * The trailer is in include/linux/module_signature.h, what the kernel makes of it in
 * kernel/module_signature.c (mod_check_sig) and kernel/module/signing.c (mod_verify_sig): id_type
 * is PKEY_ID_PKCS7, sig_len is big-endian, every other field is zero. The message is what
 * scripts/sign-file makes: detached CMS SignedData (RFC 5652) without certificates and without
 * signed attributes, one signer named by issuer and serial number.
 */
#ifndef SUTURE_SEAL_MODULE_SIGNATURE_H
#define SUTURE_SEAL_MODULE_SIGNATURE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

struct key;
struct certificate;

/* Where the parts are; both sizes and the offset count bytes of the file. */
struct module_signature {
	size_t content_size; /* what the kernel loads and the signature covers */
	size_t message_size; /* the PKCS#7 message behind it; 0: the module is not signed */
};

/* Finds the parts. Hostile input is fine: a trailer that the kernel would not accept is
 * ERROR_INVALID, a file without one is a module that is not signed. */
int module_signature_find(const void *data, size_t size, struct module_signature *ret_signature,
			  struct error *err);

/* `hash` is a name such as "sha256"; NULL: sha256. Appends module and signature to *into. A module
 * that is signed already is ERROR_INVALID: the caller strips it first. */
int module_sign(const void *data, size_t size, const struct key *key,
		const struct certificate *certificate, const char *hash, struct buffer *into,
		struct error *err);

/* Whether this certificate's key made the signature. ERROR_VERIFY if not, or if there is none. */
int module_signature_verify(const void *data, size_t size, const struct certificate *certificate,
			    struct error *err);

/* What the message says of its signer. Nothing of it is verified. Texts are the caller's. */
struct module_signer {
	char *issuer; /* common name, or the whole name in one line */
	char *serial; /* hexadecimal */
	char *hash; /* "sha256" */
};
int module_signature_signer(const void *data, size_t size, struct module_signer *ret_signer,
			    struct error *err);
void module_signer_clear(struct module_signer *signer);
#define auto_module_signer __attribute__((cleanup(module_signer_clear)))

#endif
