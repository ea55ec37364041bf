// SPDX-License-Identifier: GPL-2.0-or-later
#include "runtime/kallsyms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* "ffffffff8e1f5e00 t meminfo_proc_show" or with "\t[module]" behind. Cuts the line up. */
static bool parse_line(char *line, struct kallsyms_entry *ret_entry)
{
	char *end, *tab;

	ret_entry->address = strtoull(line, &end, 16);
	if (end == line || end[0] != ' ' || !end[1] || end[2] != ' ' || !end[3])
		return false;
	ret_entry->type = end[1];
	ret_entry->name = end + 3;
	ret_entry->module = NULL;
	end[3 + strcspn(end + 3, "\n")] = 0;
	tab = strchr(end + 3, '\t');
	if (tab) {
		*tab++ = 0;
		if (*tab == '[') {
			tab[strcspn(tab, "]")] = 0;
			ret_entry->module = tab + 1;
		}
	}
	return true;
}

int kallsyms_walk(const struct sysroot *root,
		  bool (*visit)(void *user, const struct kallsyms_entry *entry), void *user,
		  struct error *err)
{
	char line[1024];
	int fd;

	if (sysroot_open_file(root, &fd, err, "/proc/kallsyms") < 0)
		return -1;

	FILE *file = fdopen(fd, "r");

	if (!file)
		return error_errno(err, "cannot read /proc/kallsyms");

	bool more = true;

	while (more && fgets(line, sizeof(line), file)) {
		struct kallsyms_entry entry;

		if (parse_line(line, &entry))
			more = visit(user, &entry);
	}
	fclose(file);
	return 0;
}

struct search {
	const char *object, *name;
	unsigned left; /* how many of the name are still to be passed over */
	uint64_t address;
	char *found;
	size_t name_length;
};

static bool visit_named(void *user, const struct kallsyms_entry *entry)
{
	struct search *search = user;
	bool same = search->object ? entry->module && !strcmp(entry->module, search->object) :
				     !entry->module;

	if (!same || strcmp(entry->name, search->name) != 0)
		return true;
	if (search->left > 1) {
		search->left--;
		return true;
	}
	search->address = entry->address;
	return false;
}

uint64_t kallsyms_find(const struct sysroot *root, const char *object, const char *name,
		       unsigned position)
{
	struct search search = {
		.object = object && strcmp(object, "vmlinux") != 0 ? object : NULL,
		.name = name,
		.left = position,
	};
	struct error dropped;

	kallsyms_walk(root, visit_named, &search, &dropped);
	return search.address;
}

struct census {
	const char *object, *name;
	unsigned position;
	char *behind;
	struct kallsyms_namesakes *namesakes;
};

static bool visit_namesake(void *user, const struct kallsyms_entry *entry)
{
	struct census *census = user;
	bool same = census->object ? entry->module && !strcmp(entry->module, census->object) :
				     !entry->module;
	bool is_code = (entry->type | 0x20) == 't' || (entry->type | 0x20) == 'w';
	struct kallsyms_namesakes *namesakes = census->namesakes;

	if (!same)
		return true;
	if (!strcmp(entry->name, census->name)) {
		census->position++;
		if (!is_code)
			return true;
		ARRAY_GROW(namesakes->items, namesakes->capacity, namesakes->count + 1);
		namesakes->items[namesakes->count++] = (struct kallsyms_namesake){
			.position = census->position,
			.behind = census->behind ? xstrdup(census->behind) : NULL,
		};
	} else if (is_code && !has_prefix(entry->name, "__pfx_")) {
		free(census->behind);
		census->behind = xstrdup(entry->name);
	}
	return true;
}

void kallsyms_find_namesakes(const struct sysroot *root, const char *object, const char *name,
			     struct kallsyms_namesakes *ret_namesakes)
{
	struct census census = {
		.object = object && strcmp(object, "vmlinux") != 0 ? object : NULL,
		.name = name,
		.namesakes = ret_namesakes,
	};
	struct error dropped;

	*ret_namesakes = (struct kallsyms_namesakes){ 0 };
	kallsyms_walk(root, visit_namesake, &census, &dropped);
	free(census.behind);
}

void kallsyms_namesakes_clear(struct kallsyms_namesakes *namesakes)
{
	for (size_t i = 0; i < namesakes->count; i++)
		free(namesakes->items[i].behind);
	free(namesakes->items);
	*namesakes = (struct kallsyms_namesakes){ 0 };
}

static bool visit_replacement(void *user, const struct kallsyms_entry *entry)
{
	struct search *search = user;
	size_t length = strlen(entry->name);

	if (!entry->module || strcmp(entry->module, search->object) != 0 ||
	    (entry->type != 't' && entry->type != 'T') || has_prefix(entry->name, "__pfx_") ||
	    !has_suffix(entry->name, search->name))
		return true;
	/* The exact name wins over one with a prefix. */
	if (length == search->name_length ||
	    (!search->found && entry->name[length - search->name_length - 1] == '_')) {
		free(search->found);
		search->found = xstrdup(entry->name);
		search->address = entry->address;
	}
	return length != search->name_length;
}

char *kallsyms_find_replacement(const struct sysroot *root, const char *module,
				const char *function, uint64_t *ret_address)
{
	struct search search = {
		.object = module, .name = function, .name_length = strlen(function),
	};
	struct error dropped;

	kallsyms_walk(root, visit_replacement, &search, &dropped);
	*ret_address = search.address;
	return search.found;
}

static bool visit_alias(void *user, const struct kallsyms_entry *entry)
{
	struct search *search = user;

	if (entry->address != search->address || !strcmp(entry->name, search->name) ||
	    (entry->type | 0x20) != 't')
		return true;
	search->found = xstrdup(entry->name);
	return false;
}

char *kallsyms_find_alias(const struct sysroot *root, uint64_t address, const char *name)
{
	struct search search = { .address = address, .name = name };
	struct error dropped;

	if (address)
		kallsyms_walk(root, visit_alias, &search, &dropped);
	return search.found;
}
