// SPDX-License-Identifier: GPL-2.0-or-later
/* A repository in one file. */
#include "fuzz.h"

#include "repo/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_bundle struct bundle *bundle = NULL;
	auto_buffer struct buffer file = BUFFER_INIT;
	struct fetcher fetcher;
	struct error err = ERROR_INIT;

	if (bundle_parse(data, size, &bundle, &err) < 0) {
		MUST(!bundle && err.code != ERROR_NONE && err.msg[0]);
		return 0;
	}
	fetcher = fetcher_of_bundle(bundle);
	if (fetch_file(&fetcher, "timestamp.json", 100, &file, &err) == 0)
		MUST(file.size <= 100 && file.size <= size);
	return 0;
}
