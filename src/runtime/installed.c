// SPDX-License-Identifier: GPL-2.0-or-later
#include "runtime/installed.h"

#include <ctype.h>
#include <string.h>

#include "base/memory.h"
#include "base/version.h"

#define IMAGE "vmlinuz-"
#define STATUS_LIMIT ((size_t)256 << 20)

const char *release_flavour(const char *release)
{
	for (const char *c = release; (c = strchr(c, '-')); c++)
		if (isalpha((unsigned char)c[1]))
			return c;
	return "";
}

char *installed_newer_release(const struct sysroot *root, const struct kernel_id *running)
{
	auto_text_list struct text_list names = { 0 };
	const char *newest = running->release;
	struct error ignored;

	if (!running->release || sysroot_list(root, &names, &ignored, "/boot") < 0)
		return NULL;
	for (size_t i = 0; i < names.count; i++) {
		const char *release = names.items[i] + strlen(IMAGE);

		if (has_prefix(names.items[i], IMAGE) &&
		    !strcmp(release_flavour(release), release_flavour(running->release)) &&
		    version_compare(release, newest) > 0)
			newest = release;
	}
	return newest == running->release ? NULL : xstrdup(newest);
}

/* The word behind "Debian " in "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-09-01)". */
static char *booted_version(const struct kernel_id *running)
{
	const char *word = running->version ? strstr(running->version, "Debian ") : NULL;

	if (!word)
		return NULL;
	word += strlen("Debian ");
	return xstrndup(word, strcspn(word, " "));
}

/* "Version: ..." of the package's paragraph in dpkg's status file (deb-control(5)). */
static char *package_version(const char *status, const char *package)
{
	auto_free char *head = xasprintf("Package: %s\n", package);
	const char *found = status, *end, *version;

	while ((found = strstr(found, head)) && found != status && found[-1] != '\n')
		found++;
	if (!found)
		return NULL;
	end = strstr(found, "\n\n");
	version = strstr(found, "\nVersion: ");
	if (!version || (end && version > end))
		return NULL;
	version += strlen("\nVersion: ");
	return xstrndup(version, strcspn(version, "\n"));
}

char *installed_newer_version(const struct sysroot *root, const struct kernel_id *running)
{
	auto_buffer struct buffer status = BUFFER_INIT;
	auto_free char *booted = booted_version(running);
	auto_free char *package = xasprintf("linux-image-%s", running->release ? running->release : "");
	struct error ignored;

	if (!booted || !running->release ||
	    sysroot_read(root, STATUS_LIMIT, &status, &ignored, "/var/lib/dpkg/status") < 0)
		return NULL;

	auto_free char *installed = package_version(buffer_text(&status), package);

	if (!installed || version_compare(installed, booted) <= 0)
		return NULL;
	return steal_ptr(installed);
}
