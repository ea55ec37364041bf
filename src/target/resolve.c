// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/resolve.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void resolution_clear(struct resolution *resolution)
{
	free(resolution->release);
	free(resolution->version);
	free(resolution->series);
	package_details_clear(&resolution->packages);
	*resolution = (struct resolution){ 0 };
}

/* All releases whose packages make a whole, in `ret_releases` those that were asked for. */
static int look_up(const struct apt *apt, const struct fetch_request *request,
		   struct text_list *ret_releases, struct package_list *ret_packages,
		   struct error *err)
{
	auto_buffer struct buffer names = BUFFER_INIT;
	auto_text_list struct text_list wanted = { 0 };

	if (request->release) {
		if (is_release(request->release))
			text_list_add(ret_releases, request->release);
	} else {
		if (apt_names(apt, "linux-image-", &names, err) < 0)
			return -1;
		release_names(buffer_text(&names), request->series, request->flavour,
			      ret_releases);
	}
	for (size_t i = 0; i < ret_releases->count; i++) {
		auto_free char *series = release_series(ret_releases->items[i]);

		text_list_printf(&wanted, "linux-image-%s", ret_releases->items[i]);
		text_list_printf(&wanted, "linux-headers-%s", ret_releases->items[i]);
		text_list_printf(&wanted, "linux-source-%s", series);
	}
	return wanted.count ? apt_versions(apt, &wanted, ret_packages, err) : 0;
}

static int find_complete(const struct apt *apt, const struct fetch_request *request,
			 struct text_list *into, struct error *err)
{
	auto_text_list struct text_list releases = { 0 };
	auto_package_list struct package_list packages = { 0 };

	if (look_up(apt, request, &releases, &packages, err) < 0)
		return -1;
	release_complete(&releases, &packages, into);
	return 0;
}

int releases_available(const struct fetch_request *request, struct text_list *into,
		       struct error *err)
{
	auto_apt struct apt apt = { 0 };

	progress_step(request->progress, 0, 0, "reading package lists");
	if (apt_open(&apt, err) < 0 || find_complete(&apt, request, into, err) < 0)
		return -1;
	if (into->count)
		return 0;
	if (apt_use_own_lists(&apt, request->progress, err) < 0)
		return -1;
	return find_complete(&apt, request, into, err);
}

/* The names of what there is, newest first, as many as a message holds. */
static void describe_available(const struct apt *apt, struct buffer *into)
{
	const struct fetch_request everything = { 0 };
	auto_text_list struct text_list complete = { 0 };
	struct error ignored;

	if (find_complete(apt, &everything, &complete, &ignored) < 0)
		return;
	size_t left = complete.count;

	while (left > 0 && into->size < 250)
		buffer_printf(into, "%s%s", into->size ? ", " : "", complete.items[--left]);
	if (left)
		buffer_printf(into, ", and %zu older ones", left);
}

static int not_found(const struct apt *apt, const struct fetch_request *request,
		     struct error *err)
{
	auto_buffer struct buffer available = BUFFER_INIT;

	describe_available(apt, &available);
	if (request->release)
		error_set(err, ERROR_NOT_FOUND,
			  "the archive has no kernel %.64s with headers and source of the same "
			  "version; it has %s", request->release,
			  available.size ? buffer_text(&available) : "none at all");
	else
		error_set(err, ERROR_NOT_FOUND,
			  "the archive has no %.16s kernel of the flavour %s with headers and source "
			  "of the same version; it has %s", request->series, request->flavour,
			  available.size ? buffer_text(&available) : "none at all");
	return -1;
}

static int choose(const struct apt *apt, const struct fetch_request *request,
		  struct resolution *ret_resolution, bool *ret_found, struct error *err)
{
	auto_text_list struct text_list releases = { 0 };
	auto_package_list struct package_list packages = { 0 };
	struct release_choice choice = { 0 };

	if (look_up(apt, request, &releases, &packages, err) < 0)
		return -1;
	*ret_found = release_choose(&releases, &packages, &choice);
	if (!*ret_found)
		return 0;
	if (choice.newer)
		progress_say(request->progress, "note: %s is newer, but there is no source of its "
			     "version; taking %s", choice.newer, choice.release);
	*ret_resolution = (struct resolution){
		.release = steal_ptr(choice.release), .version = steal_ptr(choice.version)
	};
	ret_resolution->series = release_series(ret_resolution->release);
	release_choice_clear(&choice);
	return 0;
}

int release_resolve(struct apt *apt, const struct fetch_request *request,
		    struct resolution *ret_resolution, struct error *err)
{
	bool found;

	progress_step(request->progress, 0, 0, "reading package lists");
	if (choose(apt, request, ret_resolution, &found, err) < 0)
		return -1;
	if (found)
		return 0;
	if (apt_use_own_lists(apt, request->progress, err) < 0 ||
	    choose(apt, request, ret_resolution, &found, err) < 0)
		return -1;
	return found ? 0 : not_found(apt, request, err);
}

static const struct package *find_package(const struct package_details *details, const char *name)
{
	for (size_t i = 0; i < details->count; i++)
		if (!strcmp(details->items[i].name, name))
			return &details->items[i];
	return NULL;
}

/* Headers ask for build programs of at least their own version, and the archive drops old ones
 * sooner than old headers: the oldest that will do is nearest to the kernel's own. */
static int choose_kbuild(const struct apt *apt, const char *name, const char *version,
			 struct text_list *specs, struct error *err)
{
	auto_text_list struct text_list names = { 0 };
	auto_package_list struct package_list packages = { 0 };

	text_list_add(&names, name);
	if (apt_versions(apt, &names, &packages, err) < 0)
		return -1;

	const char *nearest = package_list_nearest(&packages, name, version);

	text_list_printf(specs, "%s=%s", name, nearest ? nearest : version);
	return 0;
}

/* The packages that the headers need: their common part, and the build programs. */
static int add_dependencies(const struct apt *apt, const struct resolution *resolution,
			    const char *headers_name, struct text_list *specs, struct error *err)
{
	const struct package *headers = find_package(&resolution->packages, headers_name);
	auto_free char *common = NULL, *kbuild = NULL;

	if (headers) {
		common = depends_find(headers->depends, "linux-headers-", "-common");
		kbuild = depends_find(headers->depends, "linux-kbuild-", "");
	}
	if (!common || !kbuild)
		return error_set(err, ERROR_NOT_FOUND,
				 "%s=%s does not depend on a common part and on kbuild: a layout "
				 "that is not known here", headers_name, resolution->version);
	text_list_printf(specs, "%s=%s", common, resolution->version);
	return choose_kbuild(apt, kbuild, resolution->version, specs, err);
}

int packages_resolve(const struct apt *apt, bool debuginfo, struct resolution *resolution,
		     struct error *err)
{
	auto_text_list struct text_list first = { 0 }, second = { 0 };
	auto_free char *headers = xasprintf("linux-headers-%s", resolution->release);
	struct package_details *packages = &resolution->packages;

	text_list_printf(&first, "linux-image-%s=%s", resolution->release, resolution->version);
	text_list_printf(&first, "%s=%s", headers, resolution->version);
	text_list_printf(&first, "linux-source-%s=%s", resolution->series, resolution->version);
	if (debuginfo)
		text_list_printf(&first, "linux-image-%s-dbg=%s", resolution->release,
				 resolution->version);
	if (apt_details(apt, &first, packages, err) < 0 ||
	    add_dependencies(apt, resolution, headers, &second, err) < 0 ||
	    apt_details(apt, &second, packages, err) < 0)
		return -1;
	if (packages->count < first.count + second.count)
		return error_set(err, ERROR_NOT_FOUND,
				 "not all packages of %s in version %s are in the archive",
				 resolution->release, resolution->version);
	return 0;
}
