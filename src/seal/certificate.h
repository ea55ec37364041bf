/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The certificate that stands for a module signing key: what a kernel's keyring or a machine's MOK
 * list holds. Extensions as in the kernel's certs/default_x509.genkey, plus the code signing usage
 * that shim and mokutil look at.
 */
#ifndef SUTURE_SEAL_CERTIFICATE_H
#define SUTURE_SEAL_CERTIFICATE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/memory.h"

struct key;
struct certificate;

/* Signed by the key itself; `name` becomes the common name, at most 64 bytes. */
int certificate_make(const struct key *key, const char *name, unsigned days,
		     struct certificate **ret_certificate, struct error *err);
/* PEM or DER; the file may be hostile. */
int certificate_open(const char *path, struct certificate **ret_certificate, struct error *err);
void certificate_free(struct certificate *certificate); /* takes NULL */
DEFINE_AUTO(certificate)
#define auto_certificate __attribute__((cleanup(auto_certificate_cleanup)))

int certificate_write_pem(const struct certificate *certificate, const char *path,
			  struct error *err);
void certificate_der(const struct certificate *certificate, struct buffer *into);
/* The subject's common name, or "" ; caller frees. */
char *certificate_name(const struct certificate *certificate);
/* The serial number in hexadecimal; caller frees. */
char *certificate_serial(const struct certificate *certificate);

#endif
