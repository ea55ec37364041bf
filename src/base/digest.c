// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <sha2.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"

struct digest {
	SHA2_CTX context;
};

struct digest *digest_new(void)
{
	struct digest *digest = xcalloc(1, sizeof(*digest));

	SHA256Init(&digest->context);
	return digest;
}

void digest_add(struct digest *digest, const void *data, size_t size)
{
	SHA256Update(&digest->context, data, size);
}

void digest_finish(struct digest *digest, char hex[static DIGEST_HEX_SIZE])
{
	uint8_t raw[DIGEST_SIZE];

	SHA256Final(raw, &digest->context);
	hex_encode(raw, sizeof(raw), hex);
	free(digest);
}

void digest_bytes(const void *data, size_t size, char hex[static DIGEST_HEX_SIZE])
{
	struct digest *digest = digest_new();

	digest_add(digest, data, size);
	digest_finish(digest, hex);
}

int digest_file(const char *path, char hex[static DIGEST_HEX_SIZE], struct error *err)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	char block[65536];
	ssize_t got;

	if (fd < 0)
		return error_errno(err, "cannot open %s", path);

	struct digest *digest = digest_new();

	while ((got = read(fd, block, sizeof(block))) > 0 || (got < 0 && errno == EINTR))
		if (got > 0)
			digest_add(digest, block, (size_t)got);

	int number = errno;

	digest_finish(digest, hex);
	errno = number;
	return got < 0 ? error_errno(err, "cannot read %s", path) : 0;
}

void hex_encode(const void *data, size_t size, char *hex)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *bytes = data;

	for (size_t i = 0; i < size; i++) {
		hex[2 * i] = digits[bytes[i] >> 4];
		hex[2 * i + 1] = digits[bytes[i] & 15];
	}
	hex[2 * size] = 0;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool hex_decode(const char *hex, void *data, size_t size)
{
	uint8_t *bytes = data;

	for (size_t i = 0; i < size; i++, hex += 2) {
		int high = hex_value(hex[0]);
		int low = high < 0 ? -1 : hex_value(hex[1]);

		if (low < 0)
			return false;
		bytes[i] = (uint8_t)(high << 4 | low);
	}
	return *hex == 0;
}
