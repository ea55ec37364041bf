// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/package_folder.h"

#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "target/unpack.h"

#define PACKAGES_LIMIT 4096

void package_folder_clear(struct package_folder *folder)
{
	text_list_clear(&folder->binaries);
	text_list_clear(&folder->sources);
	text_list_clear(&folder->releases);
}

/* "linux-image-6.8.0-dbgsym_...", "kernel-debuginfo-common-...": large, and not needed. */
static bool is_debug(const char *name)
{
	return strstr(name, "-dbg") || strstr(name, "-debuginfo") || strstr(name, "-debugsource");
}

static bool is_source(const char *name)
{
	return has_prefix(name, "linux-source-") || has_suffix(name, ".src.rpm");
}

static int sort_packages(const char *path, const struct text_list *names,
			 struct package_folder *folder, struct error *err)
{
	bool has[2] = { false, false };

	for (size_t i = 0; i < names->count; i++) {
		const char *name = names->items[i];
		bool is_rpm = has_suffix(name, ".rpm");

		if ((!is_rpm && !has_suffix(name, ".deb")) || is_debug(name))
			continue;

		auto_free char *file = path_join(path, name);

		has[is_rpm ? PACKAGE_RPM : PACKAGE_DEB] = true;
		text_list_add(is_source(name) ? &folder->sources : &folder->binaries, file);
	}
	folder->kind = has[PACKAGE_RPM] ? PACKAGE_RPM : PACKAGE_DEB;
	if (has[PACKAGE_DEB] && has[PACKAGE_RPM])
		return error_set(err, ERROR_INVALID, "%s has .deb and .rpm files: a kernel is made of "
				 "one kind; move the others away", path);
	if (!has[PACKAGE_DEB] && !has[PACKAGE_RPM])
		return error_set(err, ERROR_NOT_FOUND, "%s has no packages (.deb or .rpm)", path);
	if (folder->binaries.count + folder->sources.count > PACKAGES_LIMIT)
		return error_set(err, ERROR_INVALID, "%s has more than %d packages", path,
				 PACKAGES_LIMIT);
	return 0;
}

/* The release between what stands before and behind it, if the text is of that form. */
static void take_release(struct text_list *releases, const char *text, const char *before,
			 const char *behind)
{
	const char *end = has_prefix(text, before) ? strstr(text + strlen(before), behind) : NULL;

	if (!end || end == text + strlen(before))
		return;

	auto_free char *release = xstrndup(text + strlen(before),
					   (size_t)(end - text - (long)strlen(before)));

	if (!strchr(release, '/') && !text_list_has(releases, release))
		text_list_add(releases, release);
}

/* "linux-image-6.1.0-56-cloud-amd64_6.1.192-2_amd64.deb" */
static void take_deb_release(struct text_list *releases, const char *path)
{
	const char *name = path_base(path);

	take_release(releases, name, has_prefix(name, "linux-image-unsigned-") ?
					     "linux-image-unsigned-" : "linux-image-", "_");
}

/* A Debian package is named for its release; an RPM's files say it. */
static int find_releases(struct package_folder *folder, struct error *err)
{
	for (size_t i = 0; i < folder->binaries.count; i++) {
		const char *path = folder->binaries.items[i];
		auto_text_list struct text_list entries = { 0 };

		if (folder->kind == PACKAGE_DEB) {
			take_deb_release(&folder->releases, path);
			continue;
		}
		if (unpack_names(path, &entries, err) < 0)
			return -1;
		for (size_t k = 0; k < entries.count; k++) {
			const char *entry = entries.items[k];

			if (!has_suffix(entry, "/vmlinuz"))
				continue;
			take_release(&folder->releases, entry, "lib/modules/", "/vmlinuz");
			take_release(&folder->releases, entry, "usr/lib/modules/", "/vmlinuz");
		}
	}
	return 0;
}

int package_folder_read(const char *path, struct package_folder *ret_folder, struct error *err)
{
	auto_package_folder struct package_folder folder = { 0 };
	auto_text_list struct text_list names = { 0 };

	if (directory_list(path, &names, err) < 0 ||
	    sort_packages(path, &names, &folder, err) < 0 || find_releases(&folder, err) < 0)
		return -1;
	if (!folder.releases.count)
		return error_set(err, ERROR_NOT_FOUND, "no package in %s has the image of a kernel (%s)",
				 path, folder.kind == PACKAGE_RPM ? "kernel-core-...rpm" :
								    "linux-image-...deb");
	*ret_folder = folder;
	folder = (struct package_folder){ 0 };
	return 0;
}

static int deb_version(const char *path, char **ret_version, struct error *err)
{
	const char *const argv[] = { "dpkg-deb", "--field", path, "Version", NULL };
	auto_process_result struct process_result result = { 0 };
	const struct process_spec spec = { .argv = argv };

	if (process_run_ok(&spec, &result, err) < 0)
		return error_context(err, "%s", path);
	*ret_version = xstrndup(buffer_text(&result.out),
				strcspn(buffer_text(&result.out), "\n"));
	return 0;
}

int package_folder_version(const struct package_folder *folder, const char *release,
			   char **ret_version, struct error *err)
{
	if (folder->kind == PACKAGE_RPM) {
		*ret_version = xstrdup(release);
		return 0;
	}
	for (size_t i = 0; i < folder->binaries.count; i++) {
		auto_text_list struct text_list one = { 0 };

		take_deb_release(&one, folder->binaries.items[i]);
		if (text_list_has(&one, release))
			return deb_version(folder->binaries.items[i], ret_version, err);
	}
	return error_set(err, ERROR_NOT_FOUND, "no package has the image of %s", release);
}

/* kernel-5.14.0-427.el9.src.rpm has the source of 5.14.0-427.el9.x86_64 and of 5.14.0-427.el9-rt. */
static bool is_source_rpm_of(const char *path, const char *release)
{
	const char *name = path_base(path);
	const char *end = name + strlen(name) - strlen(".src.rpm");

	for (const char *at = strchr(name, '-'); at && at < end; at = strchr(at + 1, '-'))
		if (!strncmp(at + 1, release, (size_t)(end - at - 1)) &&
		    strchr(".-", release[end - at - 1]))
			return true;
	return false;
}

int package_folder_source(const struct package_folder *folder, const char *release,
			  const char *version, const char **ret_path, struct error *err)
{
	auto_buffer struct buffer others = BUFFER_INIT;

	for (size_t i = 0; i < folder->sources.count; i++) {
		const char *path = folder->sources.items[i];
		auto_free char *own = NULL;
		bool fits = folder->kind == PACKAGE_RPM && is_source_rpm_of(path, release);

		if (folder->kind == PACKAGE_DEB) {
			if (deb_version(path, &own, err) < 0)
				return -1;
			fits = !strcmp(own, version);
		}
		if (fits) {
			*ret_path = path;
			return 0;
		}
		buffer_printf(&others, "%s%s", others.size ? ", " : "", path_base(path));
	}
	return error_set(err, ERROR_NOT_FOUND,
			 "the folder has no source of %s in version %s (%s)%s%s: put it there", release,
			 version,
			 folder->kind == PACKAGE_RPM ? "kernel-...src.rpm" : "linux-source-...deb",
			 others.size ? ", only " : "", buffer_text(&others));
}
