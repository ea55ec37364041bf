/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SUTURE_SEAL_CERTIFICATE_PRIVATE_H
#define SUTURE_SEAL_CERTIFICATE_PRIVATE_H

#include <openssl/x509.h>

struct certificate {
	X509 *x509; /* owned */
};

#endif
