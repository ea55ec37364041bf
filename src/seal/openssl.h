/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Within src/seal: OpenSSL's errors in our words, its objects cleaning themselves. */
#ifndef SUTURE_SEAL_OPENSSL_H
#define SUTURE_SEAL_OPENSSL_H

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdbool.h>

#include "base/error.h"

struct key {
	EVP_PKEY *pkey; /* owned */
	bool is_private;
};

#define OPENSSL_AUTO(type)                                         \
	static inline void auto_##type##_cleanup(type **pointer)   \
	{                                                          \
		type##_free(*pointer);                             \
	}
OPENSSL_AUTO(BIO)
OPENSSL_AUTO(CMS_ContentInfo)
OPENSSL_AUTO(EVP_PKEY)
OPENSSL_AUTO(EVP_PKEY_CTX)
OPENSSL_AUTO(EVP_MD_CTX)
OPENSSL_AUTO(X509)
#define auto_BIO __attribute__((cleanup(auto_BIO_cleanup)))
#define auto_CMS __attribute__((cleanup(auto_CMS_ContentInfo_cleanup)))
#define auto_PKEY __attribute__((cleanup(auto_EVP_PKEY_cleanup)))
#define auto_PKEY_CTX __attribute__((cleanup(auto_EVP_PKEY_CTX_cleanup)))
#define auto_MD_CTX __attribute__((cleanup(auto_EVP_MD_CTX_cleanup)))
#define auto_X509 __attribute__((cleanup(auto_X509_cleanup)))

/* error_set() with OpenSSL's reason behind; empties OpenSSL's queue. */
int openssl_error(struct error *err, enum error_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
