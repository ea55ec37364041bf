// SPDX-License-Identifier: GPL-2.0-or-later
#include "seal/certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/file.h"
#include "seal/certificate_private.h"
#include "seal/key.h"
#include "seal/openssl.h"

#define CERTIFICATE_LIMIT (64 << 10)
#define SERIAL_BITS 159 /* 20 octets and positive: RFC 5280, 4.1.2.2 */

static struct certificate *take(X509 *x509)
{
	struct certificate *certificate = xcalloc(1, sizeof(*certificate));

	certificate->x509 = x509;
	return certificate;
}

void certificate_free(struct certificate *certificate)
{
	if (!certificate)
		return;
	X509_free(certificate->x509);
	free(certificate);
}

static bool add_extension(X509 *x509, int nid, const char *value)
{
	X509V3_CTX context;

	X509V3_set_ctx(&context, x509, x509, NULL, NULL, 0);

	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	bool done = extension && X509_add_ext(x509, extension, -1) == 1;

	X509_EXTENSION_free(extension);
	return done;
}

static bool set_random_serial(X509 *x509)
{
	BIGNUM *number = BN_new();
	bool done = number &&
		    BN_rand(number, SERIAL_BITS, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
		    BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x509));

	BN_free(number);
	return done;
}

static bool fill(X509 *x509, EVP_PKEY *pkey, const char *name, unsigned days)
{
	X509_NAME *subject = X509_get_subject_name(x509);

	return X509_set_version(x509, X509_VERSION_3) == 1 && set_random_serial(x509) &&
	       X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
					  (const unsigned char *)name, -1, -1, 0) == 1 &&
	       X509_set_issuer_name(x509, subject) == 1 &&
	       X509_gmtime_adj(X509_getm_notBefore(x509), 0) &&
	       X509_time_adj_ex(X509_getm_notAfter(x509), (int)days, 0, NULL) &&
	       X509_set_pubkey(x509, pkey) == 1 &&
	       add_extension(x509, NID_basic_constraints, "critical,CA:FALSE") &&
	       add_extension(x509, NID_key_usage, "digitalSignature") &&
	       add_extension(x509, NID_ext_key_usage, "codeSigning") &&
	       add_extension(x509, NID_subject_key_identifier, "hash") &&
	       add_extension(x509, NID_authority_key_identifier, "keyid");
}

int certificate_make(const struct key *key, const char *name, unsigned days,
		     struct certificate **ret_certificate, struct error *err)
{
	auto_X509 X509 *x509 = X509_new();
	const EVP_MD *hash = key_kind(key) == KEY_ED25519 ? NULL : EVP_sha256();

	if (!key_is_private(key))
		return error_set(err, ERROR_INVALID, "a certificate needs the private key");
	if (!x509 || !fill(x509, key->pkey, name, days) || X509_sign(x509, key->pkey, hash) <= 0)
		return openssl_error(err, ERROR_FAILED, "cannot make a certificate for '%s'", name);
	*ret_certificate = take(steal_ptr(x509));
	return 0;
}

int certificate_open(const char *path, struct certificate **ret_certificate, struct error *err)
{
	auto_buffer struct buffer text = BUFFER_INIT;

	if (file_read(path, CERTIFICATE_LIMIT, &text, err) < 0)
		return -1;

	auto_BIO BIO *bio = BIO_new_mem_buf(text.data, (int)text.size);
	X509 *x509;

	/* DER begins with a SEQUENCE; PEM may have any text before its first line. */
	if (text.size && text.data[0] == 0x30)
		x509 = d2i_X509_bio(bio, NULL);
	else
		x509 = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	if (!x509)
		return openssl_error(err, ERROR_INVALID, "%s is not an X.509 certificate", path);
	*ret_certificate = take(x509);
	return 0;
}

int certificate_write_pem(const struct certificate *certificate, const char *path,
			  struct error *err)
{
	auto_BIO BIO *bio = BIO_new(BIO_s_mem());
	char *data;

	if (!bio || PEM_write_bio_X509(bio, certificate->x509) != 1)
		return openssl_error(err, ERROR_FAILED, "cannot encode the certificate");

	long size = BIO_get_mem_data(bio, &data);

	return file_write(path, data, (size_t)size, 0644, true, err);
}

void certificate_der(const struct certificate *certificate, struct buffer *into)
{
	unsigned char *data = NULL;
	int size = i2d_X509(certificate->x509, &data);

	if (size > 0)
		buffer_add(into, data, (size_t)size);
	OPENSSL_free(data);
}

char *certificate_name(const struct certificate *certificate)
{
	char name[256] = "";

	X509_NAME_get_text_by_NID(X509_get_subject_name(certificate->x509), NID_commonName, name,
				  sizeof(name));
	ERR_clear_error();
	return xstrdup(name);
}

char *certificate_serial(const struct certificate *certificate)
{
	BIGNUM *number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate->x509), NULL);
	char *hex = number ? BN_bn2hex(number) : NULL;
	char *copy = xstrdup(hex ? hex : "");

	OPENSSL_free(hex);
	BN_free(number);
	return copy;
}
