// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/release.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

char *release_series(const char *release)
{
	size_t major = strspn(release, "0123456789");
	size_t minor = release[major] == '.' ? strspn(release + major + 1, "0123456789") : 0;

	return major && minor ? xstrndup(release, major + 1 + minor) : NULL;
}

bool is_release(const char *release)
{
	auto_free char *series = release_series(release);

	return series && release[strlen(series)] == '.';
}

/* The part before the flavour: no hyphen in it is followed by a letter. */
static bool is_bare(const char *text, size_t length)
{
	for (size_t i = 0; i + 1 < length; i++)
		if (text[i] == '-' && isalpha((unsigned char)text[i + 1]))
			return false;
	return length > 0;
}

bool release_has_flavour(const char *release, const char *flavour)
{
	const char *ending = !strcmp(flavour, "generic") ? "-amd64" : "-cloud-amd64";

	return has_suffix(release, ending) && is_bare(release, strlen(release) - strlen(ending));
}

void package_list_clear(struct package_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->rows[i].name);
		free(list->rows[i].version);
	}
	free(list->rows);
	*list = (struct package_list){ 0 };
}

void package_list_parse(const char *madison, struct package_list *into)
{
	auto_text_list struct text_list lines = { 0 };

	text_list_split(&lines, madison, "\n");
	for (size_t i = 0; i < lines.count; i++) {
		auto_text_list struct text_list fields = { 0 };

		text_list_split(&fields, lines.items[i], "| ");
		if (fields.count < 3)
			continue;
		ARRAY_GROW(into->rows, into->capacity, into->count + 1);
		into->rows[into->count++] = (struct package_row){
			.name = xstrdup(fields.items[0]), .version = xstrdup(fields.items[1])
		};
	}
}

bool package_list_has(const struct package_list *list, const char *name, const char *version)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->rows[i].name, name) && !strcmp(list->rows[i].version, version))
			return true;
	return false;
}

const char *package_list_nearest(const struct package_list *list, const char *name,
				 const char *version)
{
	const char *nearest = NULL;

	for (size_t i = 0; i < list->count; i++) {
		const struct package_row *row = &list->rows[i];

		if (!strcmp(row->name, name) && version_compare(row->version, version) >= 0 &&
		    (!nearest || version_compare(row->version, nearest) < 0))
			nearest = row->version;
	}
	return nearest;
}

static int compare_names(const void *a, const void *b)
{
	return version_compare(*(const char *const *)a, *(const char *const *)b);
}

void release_names(const char *pkgnames, const char *series, const char *flavour,
		   struct text_list *into)
{
	auto_text_list struct text_list names = { 0 };

	text_list_split(&names, pkgnames, "\n");
	for (size_t i = 0; i < names.count; i++) {
		const char *release = names.items[i] + strlen("linux-image-");

		if (!has_prefix(names.items[i], "linux-image-"))
			continue;

		auto_free char *its_series = release_series(release);

		if (!is_release(release) || (series && strcmp(series, its_series)))
			continue;
		if (flavour ? release_has_flavour(release, flavour) :
			      release_has_flavour(release, "cloud") ||
				      release_has_flavour(release, "generic"))
			text_list_add(into, release);
	}
	if (into->count)
		qsort(into->items, into->count, sizeof(char *), compare_names);
}

void release_choice_clear(struct release_choice *choice)
{
	free(choice->release);
	free(choice->version);
	free(choice->newer);
	*choice = (struct release_choice){ 0 };
}

/* The newest version in which this release is complete, borrowed from the list; or NULL. */
static const char *complete_version(const char *release, const struct package_list *packages)
{
	auto_free char *series = release_series(release);
	auto_free char *image = xasprintf("linux-image-%s", release);
	auto_free char *headers = xasprintf("linux-headers-%s", release);
	auto_free char *source = xasprintf("linux-source-%s", series ? series : "");
	const char *best = NULL;

	for (size_t i = 0; i < packages->count; i++) {
		const struct package_row *row = &packages->rows[i];

		if (!strcmp(row->name, image) &&
		    package_list_has(packages, headers, row->version) &&
		    package_list_has(packages, source, row->version) &&
		    (!best || version_compare(row->version, best) > 0))
			best = row->version;
	}
	return best;
}

static bool has_image(const char *release, const struct package_list *packages)
{
	auto_free char *image = xasprintf("linux-image-%s", release);

	for (size_t i = 0; i < packages->count; i++)
		if (!strcmp(packages->rows[i].name, image))
			return true;
	return false;
}

bool release_choose(const struct text_list *releases, const struct package_list *packages,
		    struct release_choice *ret_choice)
{
	const char *release = NULL, *version = NULL, *newer = NULL;

	for (size_t i = 0; i < releases->count; i++) {
		const char *candidate = releases->items[i];
		const char *its_version = complete_version(candidate, packages);

		if (its_version && (!version || version_compare(its_version, version) > 0)) {
			release = candidate;
			version = its_version;
		}
		if (has_image(candidate, packages) &&
		    (!newer || version_compare(candidate, newer) > 0))
			newer = candidate;
	}
	if (!release)
		return false;
	*ret_choice = (struct release_choice){ .release = xstrdup(release),
					       .version = xstrdup(version) };
	if (version_compare(newer, release) > 0)
		ret_choice->newer = xstrdup(newer);
	return true;
}

void release_complete(const struct text_list *releases, const struct package_list *packages,
		      struct text_list *into)
{
	for (size_t i = 0; i < releases->count; i++)
		if (complete_version(releases->items[i], packages))
			text_list_add(into, releases->items[i]);
}
