/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SHA-256, through libmd. */
#ifndef SUTURE_BASE_DIGEST_H
#define SUTURE_BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define DIGEST_SIZE 32
#define DIGEST_HEX_SIZE (2 * DIGEST_SIZE + 1)

struct digest; /* a digest in the making */
struct digest *digest_new(void);
void digest_add(struct digest *digest, const void *data, size_t size);
/* Writes the hexadecimal form and frees the digest. */
void digest_finish(struct digest *digest, char hex[static DIGEST_HEX_SIZE]);

void digest_bytes(const void *data, size_t size, char hex[static DIGEST_HEX_SIZE]);
int digest_file(const char *path, char hex[static DIGEST_HEX_SIZE], struct error *err);

/* Lower-case hexadecimal of any bytes; `hex` has room for 2 * size + 1. */
void hex_encode(const void *data, size_t size, char *hex);
/* The other way: exactly 2 * size digits of either case, else false and nothing is promised about
 * `data`. */
bool hex_decode(const char *hex, void *data, size_t size);

#endif
