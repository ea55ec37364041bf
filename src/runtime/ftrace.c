// SPDX-License-Identifier: GPL-2.0-or-later
#include "runtime/ftrace.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

#define FILE_LIMIT ((size_t)64 << 20)
#define LINES_LIMIT ((size_t)1 << 20)

/* "parking_place [parking] rest": cuts the name and the module off, answers the rest. */
static const char *take_symbol(const char *text, char **ret_function, char **ret_object)
{
	size_t length = strcspn(text, " +\t\n");
	const char *rest = text + length;

	if (!length)
		return NULL;
	*ret_function = xstrndup(text, length);
	*ret_object = NULL;
	if (!strncmp(rest, " [", 2)) {
		size_t name = strcspn(rest + 2, "]\n");

		if (rest[2 + name] != ']') {
			free(*ret_function);
			return NULL;
		}
		*ret_object = xstrndup(rest + 2, name);
		rest += 2 + name + 1;
	}
	if (!*ret_object)
		*ret_object = xstrdup("vmlinux");
	return rest;
}

bool ftrace_slot_parse(const char *line, struct ftrace_slot *ret_slot)
{
	struct ftrace_slot slot = { 0 };
	const char *rest;
	int used = 0;

	if (isspace((unsigned char)*line) || *line == '#')
		return false; /* "\tdirect-->..." belongs to the line above */
	rest = take_symbol(line, &slot.function, &slot.object);
	if (!rest)
		return false;
	if (sscanf(rest, " (%u)%n", &slot.users, &used) != 1 || !used) {
		free(slot.function);
		free(slot.object);
		return false;
	}
	for (rest += used; *rest == ' ' || isupper((unsigned char)*rest); rest++) {
		slot.is_redirected |= *rest == 'I';
		slot.is_direct |= *rest == 'D';
	}
	*ret_slot = slot;
	return true;
}

bool ftrace_kprobe_parse(const char *line, struct ftrace_kprobe *ret_kprobe)
{
	struct ftrace_kprobe kprobe = { 0 };
	const char *rest;
	char kind;
	int used = 0;

	if (sscanf(line, "%*x %c %n", &kind, &used) != 1 || !used)
		return false;

	/* Here the module stands behind the offset: "show+0x0  [mod]". */
	const char *name = line + used;
	size_t length = strcspn(name, "+ \n");

	if (!length)
		return false;
	rest = name + length;
	if (*rest == '+' && sscanf(rest, "+%x%n", &kprobe.offset, &used) == 1)
		rest += used;
	while (*rest == ' ')
		rest++;
	kprobe.function = xstrndup(name, length);
	kprobe.is_return = kind == 'r';
	kprobe.is_disabled = strstr(rest, "[DISABLED]") || strstr(rest, "[GONE]");
	if (*rest == '[' && islower((unsigned char)rest[1]))
		kprobe.object = xstrndup(rest + 1, strcspn(rest + 1, "]\n"));
	else
		kprobe.object = xstrdup("vmlinux");
	*ret_kprobe = kprobe;
	return true;
}

static bool read_lines(const struct sysroot *root, const char *path, struct text_list *lines)
{
	auto_buffer struct buffer text = BUFFER_INIT;
	struct error dropped;

	if (sysroot_read(root, FILE_LIMIT, &text, &dropped, "%s", path) < 0)
		return false;
	text_list_split(lines, buffer_text(&text), "\n");
	return lines->count <= LINES_LIMIT;
}

static void read_slots(const struct sysroot *root, const char *tracefs, struct ftrace *ftrace)
{
	auto_free char *path = xasprintf("%s/enabled_functions", tracefs);
	auto_text_list struct text_list lines = { 0 };

	ftrace->has_slots = read_lines(root, path, &lines);
	for (size_t i = 0; ftrace->has_slots && i < lines.count; i++) {
		ARRAY_GROW(ftrace->slots, ftrace->slot_capacity, ftrace->slot_count + 1);
		if (ftrace_slot_parse(lines.items[i], &ftrace->slots[ftrace->slot_count]))
			ftrace->slot_count++;
	}
}

static void read_kprobes(const struct sysroot *root, struct ftrace *ftrace)
{
	auto_text_list struct text_list lines = { 0 };

	ftrace->has_kprobes = read_lines(root, "/sys/kernel/debug/kprobes/list", &lines);
	for (size_t i = 0; ftrace->has_kprobes && i < lines.count; i++) {
		ARRAY_GROW(ftrace->kprobes, ftrace->kprobe_capacity, ftrace->kprobe_count + 1);
		if (ftrace_kprobe_parse(lines.items[i], &ftrace->kprobes[ftrace->kprobe_count]))
			ftrace->kprobe_count++;
	}
}

void ftrace_read_slots(const struct sysroot *root, const char *tracefs, struct ftrace *ret_ftrace)
{
	*ret_ftrace = (struct ftrace){ 0 };
	if (tracefs)
		read_slots(root, tracefs, ret_ftrace);
}

void ftrace_read(const struct sysroot *root, const char *tracefs, struct ftrace *ret_ftrace)
{
	ftrace_read_slots(root, tracefs, ret_ftrace);
	read_kprobes(root, ret_ftrace);
}

void ftrace_clear(struct ftrace *ftrace)
{
	for (size_t i = 0; i < ftrace->slot_count; i++) {
		free(ftrace->slots[i].function);
		free(ftrace->slots[i].object);
	}
	for (size_t i = 0; i < ftrace->kprobe_count; i++) {
		free(ftrace->kprobes[i].function);
		free(ftrace->kprobes[i].object);
	}
	free(ftrace->slots);
	free(ftrace->kprobes);
	*ftrace = (struct ftrace){ 0 };
}

const struct ftrace_slot *ftrace_find_slot(const struct ftrace *ftrace, const char *object,
					   const char *function)
{
	const struct ftrace_slot *found = NULL;

	for (size_t i = 0; i < ftrace->slot_count; i++) {
		const struct ftrace_slot *slot = &ftrace->slots[i];

		if (strcmp(slot->function, function) != 0 || strcmp(slot->object, object) != 0)
			continue;
		if (slot->is_redirected)
			return slot;
		found = slot;
	}
	return found;
}

size_t ftrace_count_kprobes(const struct ftrace *ftrace, const char *object, const char *function)
{
	size_t count = 0;

	for (size_t i = 0; i < ftrace->kprobe_count; i++) {
		const struct ftrace_kprobe *kprobe = &ftrace->kprobes[i];

		count += !kprobe->is_disabled && kprobe->offset < 9 &&
			 !strcmp(kprobe->function, function) && !strcmp(kprobe->object, object);
	}
	return count;
}
