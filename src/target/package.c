// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/package.h"

#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/memory.h"

int package_check(const char *deb, const char *sha256, struct error *err)
{
	char hex[DIGEST_HEX_SIZE];

	if (digest_file(deb, hex, err) < 0)
		return -1;
	if (strcmp(hex, sha256))
		return error_set(err, ERROR_VERIFY,
				 "%s is damaged: its SHA-256 is not what the archive's signed list "
				 "says", deb);
	return 0;
}

int package_unpack_start(const char *deb, const char *folder, struct process **ret_process,
			 struct error *err)
{
	const char *const argv[] = { "dpkg-deb", "--extract", deb, folder, NULL };

	return process_start(&(struct process_spec){ .argv = argv }, ret_process, err);
}

/* One pass without files in between, and xz on all processors: the tree is 1.3 GB in 80000 files,
 * and unpacking it is the longest part of a cold start. */
static const char source_script[] =
	"set -o pipefail\n"
	"dpkg-deb --fsys-tarfile \"$1\" | tar --extract --to-stdout --file - \"$2\" |\n"
	"xz --decompress --stdout --threads=0 |\n"
	"tar --extract --file - --directory \"$3\" --strip-components=1 --no-same-owner\n";

int package_unpack_source_start(const char *deb, const char *series, const char *folder,
				struct process **ret_process, struct error *err)
{
	auto_free char *member = xasprintf("./usr/src/linux-source-%s.tar.xz", series);
	const char *const argv[] = { "bash", "-c", source_script, "unpack-source",
				     deb, member, folder, NULL };
	const char *const env[] = { "LC_ALL=C", "TAR_OPTIONS=", "XZ_OPT=", "XZ_DEFAULTS=", NULL };

	return process_start(&(struct process_spec){ .argv = argv, .env = env }, ret_process, err);
}

/* tar reads on to the end of the archive, so that dpkg-deb does not fail for want of a reader. */
static const char extract_script[] =
	"set -o pipefail\n"
	"dpkg-deb --fsys-tarfile \"$1\" | tar --extract --to-stdout --file - \"$2\" > \"$3\"\n";

int package_extract_start(const char *deb, const char *member, const char *path,
			  struct process **ret_process, struct error *err)
{
	const char *const argv[] = { "bash", "-c", extract_script, "extract", deb, member, path,
				     NULL };
	const char *const env[] = { "LC_ALL=C", "TAR_OPTIONS=", NULL };

	return process_start(&(struct process_spec){ .argv = argv, .env = env }, ret_process, err);
}

int package_unpack_finish(struct process *process, const char *deb, struct error *err)
{
	auto_process_result struct process_result result = { 0 };

	if (process_finish(process, &result, err) < 0)
		return -1;
	if (result.status == 0)
		return 0;
	process_result_error(&result, "unpacking", err);
	if (strstr(buffer_text(&result.err), "No space left"))
		return error_set(err, ERROR_SYSTEM,
				 "no space left on the device while unpacking %s: make room, or set "
				 "SUTURE_CACHE to a folder on another disk", deb);
	return error_context(err, "%s", deb);
}
