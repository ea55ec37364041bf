// SPDX-License-Identifier: GPL-2.0-or-later
#include "seal/module_signature.h"

#include <openssl/err.h>
#include <string.h>

#include "base/memory.h"
#include "seal/certificate_private.h"
#include "seal/key.h"
#include "seal/openssl.h"

/* include/linux/module_signature.h: MODULE_SIG_STRING, struct module_signature, PKEY_ID_PKCS7 */
static const char marker[] = "~Module signature appended~\n";
#define MARKER_SIZE (sizeof(marker) - 1)
#define TRAILER_SIZE 12
#define TRAILER_ID_TYPE 2
#define TRAILER_LENGTH 8
#define PKEY_ID_PKCS7 2

#define MESSAGE_LIMIT (1 << 20)

static size_t trailer_length(const uint8_t *trailer)
{
	const uint8_t *length = trailer + TRAILER_LENGTH;

	return (size_t)length[0] << 24 | (size_t)length[1] << 16 | (size_t)length[2] << 8 |
	       length[3];
}

int module_signature_find(const void *data, size_t size, struct module_signature *ret_signature,
			  struct error *err)
{
	const uint8_t *bytes = data;

	if (size < MARKER_SIZE || memcmp(bytes + size - MARKER_SIZE, marker, MARKER_SIZE)) {
		*ret_signature = (struct module_signature){ .content_size = size };
		return 0;
	}
	size -= MARKER_SIZE;
	if (size <= TRAILER_SIZE)
		return error_set(err, ERROR_INVALID, "module signature: the trailer is cut off");

	const uint8_t *trailer = bytes + size - TRAILER_SIZE;
	size_t length = trailer_length(trailer);

	for (size_t i = 0; i < TRAILER_LENGTH; i++)
		if (trailer[i] != (i == TRAILER_ID_TYPE ? PKEY_ID_PKCS7 : 0))
			return error_set(err, ERROR_INVALID,
					 "module signature: byte %zu of the trailer is %u; kernels "
					 "accept nothing but a PKCS#7 signature", i, trailer[i]);
	if (length == 0 || length >= size - TRAILER_SIZE || length > MESSAGE_LIMIT)
		return error_set(err, ERROR_INVALID,
				 "module signature: a length of %zu in a file of %zu bytes", length,
				 size);
	*ret_signature = (struct module_signature){
		.content_size = size - TRAILER_SIZE - length,
		.message_size = length,
	};
	return 0;
}

/* The flags of scripts/sign-file, without -k. */
static CMS_ContentInfo *make_message(const void *data, size_t size, const struct key *key,
				     const struct certificate *certificate, const EVP_MD *hash)
{
	const unsigned flags = CMS_NOCERTS | CMS_BINARY;
	auto_CMS CMS_ContentInfo *message =
		CMS_sign(NULL, NULL, NULL, NULL, flags | CMS_PARTIAL | CMS_DETACHED | CMS_STREAM);
	auto_BIO BIO *content = BIO_new_mem_buf(data, (int)size);

	if (!message || !content ||
	    !CMS_add1_signer(message, certificate->x509, key->pkey, hash,
			     flags | CMS_NOSMIMECAP | CMS_NOATTR) ||
	    CMS_final(message, content, NULL, flags) != 1)
		return NULL;
	return steal_ptr(message);
}

static void add_trailer(size_t length, struct buffer *into)
{
	const uint8_t trailer[TRAILER_SIZE] = {
		[TRAILER_ID_TYPE] = PKEY_ID_PKCS7,
		[TRAILER_LENGTH] = (uint8_t)(length >> 24),
		[TRAILER_LENGTH + 1] = (uint8_t)(length >> 16),
		[TRAILER_LENGTH + 2] = (uint8_t)(length >> 8),
		[TRAILER_LENGTH + 3] = (uint8_t)length,
	};

	buffer_add(into, trailer, sizeof(trailer));
	buffer_add(into, marker, MARKER_SIZE);
}

static int check_signing(const void *data, size_t size, const struct key *key,
			 const struct certificate *certificate, struct error *err)
{
	struct module_signature parts;

	if (module_signature_find(data, size, &parts, err) < 0)
		return -1;
	if (parts.message_size)
		return error_set(err, ERROR_INVALID, "the module is signed already");
	if (size == 0 || size > INT32_MAX)
		return error_set(err, ERROR_INVALID, "a module of %zu bytes", size);
	if (key_kind(key) != KEY_RSA && key_kind(key) != KEY_ECDSA)
		return error_set(
			err, ERROR_INVALID,
			"kernels check RSA and ECDSA signatures, and this key is of kind %s",
			key_kind_name(key_kind(key)));
	if (X509_check_private_key(certificate->x509, key->pkey) != 1)
		return openssl_error(err, ERROR_INVALID,
				     "key and certificate do not belong together");
	return 0;
}

int module_sign(const void *data, size_t size, const struct key *key,
		const struct certificate *certificate, const char *hash, struct buffer *into,
		struct error *err)
{
	const EVP_MD *method = EVP_get_digestbyname(hash ? hash : "sha256");
	unsigned char *encoded = NULL;

	if (check_signing(data, size, key, certificate, err) < 0)
		return -1;
	if (!method)
		return error_set(err, ERROR_INVALID, "there is no hash '%s'; kernels know sha256, "
				 "sha384 and sha512", hash);

	auto_CMS CMS_ContentInfo *message = make_message(data, size, key, certificate, method);
	int length = message ? i2d_CMS_ContentInfo(message, &encoded) : -1;

	if (length <= 0)
		return openssl_error(err, ERROR_FAILED, "cannot sign the module");
	buffer_add(into, data, size);
	buffer_add(into, encoded, (size_t)length);
	add_trailer((size_t)length, into);
	OPENSSL_free(encoded);
	return 0;
}

static int parse_message(const void *data, size_t size, struct module_signature *ret_parts,
			 CMS_ContentInfo **ret_message, struct error *err)
{
	if (module_signature_find(data, size, ret_parts, err) < 0)
		return -1;
	if (!ret_parts->message_size)
		return error_set(err, ERROR_VERIFY, "the module is not signed");

	const unsigned char *start = (const unsigned char *)data + ret_parts->content_size;
	const unsigned char *at = start;

	*ret_message = d2i_CMS_ContentInfo(NULL, &at, (long)ret_parts->message_size);
	if (!*ret_message)
		return openssl_error(err, ERROR_INVALID, "module signature: not a PKCS#7 message");
	if ((size_t)(at - start) != ret_parts->message_size) {
		CMS_ContentInfo_free(*ret_message);
		*ret_message = NULL;
		return error_set(err, ERROR_INVALID,
				 "module signature: bytes behind the PKCS#7 message");
	}
	return 0;
}

int module_signature_verify(const void *data, size_t size, const struct certificate *certificate,
			    struct error *err)
{
	struct module_signature parts;
	auto_CMS CMS_ContentInfo *message = NULL;

	if (size > INT32_MAX)
		return error_set(err, ERROR_INVALID, "a module of %zu bytes", size);
	if (parse_message(data, size, &parts, &message, err) < 0)
		return -1;

	auto_BIO BIO *content = BIO_new_mem_buf(data, (int)parts.content_size);
	STACK_OF(X509) *certificates = sk_X509_new_null();
	int good = 0;

	/* Whom to trust is the caller's decision: the certificate is that decision. */
	if (content && certificates && sk_X509_push(certificates, certificate->x509) > 0)
		good = CMS_verify(message, certificates, NULL, content, NULL,
				  CMS_BINARY | CMS_NOINTERN | CMS_NO_SIGNER_CERT_VERIFY);
	sk_X509_free(certificates);
	if (good != 1)
		return openssl_error(
			err, ERROR_VERIFY,
			"the module's signature was not made by this certificate's key");
	ERR_clear_error();
	return 0;
}

static char *name_text(const X509_NAME *name)
{
	char text[256] = "";

	if (X509_NAME_get_text_by_NID(name, NID_commonName, text, sizeof(text)) < 0)
		X509_NAME_oneline(name, text, sizeof(text));
	return xstrdup(text);
}

static char *number_text(const ASN1_INTEGER *number)
{
	BIGNUM *big = ASN1_INTEGER_to_BN(number, NULL);
	char *hex = big ? BN_bn2hex(big) : NULL;
	char *copy = xstrdup(hex ? hex : "");

	OPENSSL_free(hex);
	BN_free(big);
	return copy;
}

int module_signature_signer(const void *data, size_t size, struct module_signer *ret_signer,
			    struct error *err)
{
	struct module_signature parts;
	auto_CMS CMS_ContentInfo *message = NULL;
	X509_ALGOR *hash = NULL;
	ASN1_OCTET_STRING *key_id = NULL;
	X509_NAME *issuer = NULL;
	ASN1_INTEGER *serial = NULL;

	if (parse_message(data, size, &parts, &message, err) < 0)
		return -1;

	STACK_OF(CMS_SignerInfo) *signers = CMS_get0_SignerInfos(message);

	if (sk_CMS_SignerInfo_num(signers) < 1)
		return openssl_error(err, ERROR_INVALID, "module signature: nobody signed");

	CMS_SignerInfo *signer = sk_CMS_SignerInfo_value(signers, 0);

	CMS_SignerInfo_get0_algs(signer, NULL, NULL, &hash, NULL);
	CMS_SignerInfo_get0_signer_id(signer, &key_id, &issuer, &serial);

	const char *hash_name = hash ? OBJ_nid2ln(OBJ_obj2nid(hash->algorithm)) : NULL;

	*ret_signer = (struct module_signer){
		.issuer = issuer ? name_text(issuer) : xstrdup(""),
		.serial = serial ? number_text(serial) : xstrdup(""),
		.hash = xstrdup(hash_name ? hash_name : "unknown"),
	};
	ERR_clear_error();
	return 0;
}

void module_signer_clear(struct module_signer *signer)
{
	free(signer->issuer);
	free(signer->serial);
	free(signer->hash);
	*signer = (struct module_signer){ 0 };
}
