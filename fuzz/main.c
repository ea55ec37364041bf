// SPDX-License-Identifier: GPL-2.0-or-later
/* A fuzz target as an ordinary program: runs over the files of the folders it is given. */
#include <stdio.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "fuzz.h"

#define SEED_LIMIT ((size_t)1 << 20)

static int run_file(const char *path, struct error *err)
{
	auto_buffer struct buffer file = BUFFER_INIT;

	if (file_read(path, SEED_LIMIT, &file, err) < 0)
		return -1;

	/* A copy of exactly this size: a buffer has a byte more, which would hide reading it. */
	auto_free uint8_t *copy = xmemdup(file.data, file.size);

	LLVMFuzzerTestOneInput(copy, file.size);
	return 0;
}

static int run_folder(const char *folder, size_t *count, struct error *err)
{
	auto_text_list struct text_list names = { 0 };

	if (directory_list(folder, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++) {
		auto_free char *path = path_join(folder, names.items[i]);

		if (run_file(path, err) < 0)
			return -1;
		++*count;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct error err = ERROR_INIT;
	size_t count = 0;

	for (int i = 1; i < argc; i++)
		if (run_folder(argv[i], &count, &err) < 0) {
			fprintf(stderr, "%s\n", err.msg);
			return 1;
		}
	printf("%zu inputs\n", count);
	return count ? 0 : 1;
}
