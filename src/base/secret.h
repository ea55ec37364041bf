/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Secrets in memory: made at random, compared without telling how far they agree, wiped. */
#ifndef SUTURE_BASE_SECRET_H
#define SUTURE_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* From the kernel (getrandom(2)), fit for keys. */
int secret_random(void *into, size_t size, struct error *err);
/* Compares in a time that depends on `size` only: for secrets and what is derived from them. */
bool secret_equal(const void *a, const void *b, size_t size);
/* Overwrites, and the compiler may not leave it out. */
void secret_wipe(void *secret, size_t size);

#endif
