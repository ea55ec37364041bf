// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/secret.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>
#include <sys/types.h>

int secret_random(void *into, size_t size, struct error *err)
{
	uint8_t *next = into;

	while (size) {
		ssize_t got = getrandom(next, size, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_errno(err, "cannot get random bytes from the kernel");
		next += got;
		size -= (size_t)got;
	}
	return 0;
}

bool secret_equal(const void *a, const void *b, size_t size)
{
	/* volatile: every byte is looked at, whatever the first ones say. */
	const volatile uint8_t *left = a, *right = b;
	uint8_t difference = 0;

	for (size_t i = 0; i < size; i++)
		difference |= left[i] ^ right[i];
	return difference == 0;
}

void secret_wipe(void *secret, size_t size)
{
	explicit_bzero(secret, size);
}
