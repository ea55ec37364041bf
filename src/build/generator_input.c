// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/generator_input.h"

#include <string.h>

#include "base/map.h"
#include "base/memory.h"
#include "base/text.h"

/*
 * Sources: lib/Makefile (build_OID_registry, gen_crc32table), arch/x86/kernel/cpu/Makefile
 * (mkcapflags.sh), security/apparmor/Makefile, security/selinux/Makefile (genheaders).
 */
static const struct row {
	const char *path;
	const char *word; /* what the lines that are read have in them; "" for every line */
	const char *made; /* what is made of them */
	bool only_names; /* a line that is new only lacks a name for people */
} rows[] = {
	{ "include/linux/oid_registry.h", "OID_", "lib/oid_registry_data.c", false },
	{ "lib/crc32defs.h", "", "lib/crc32table.h", false },
	{ "include/uapi/linux/capability.h", "CAP_", "security/apparmor/capability_names.h", false },
	{ "include/uapi/asm-generic/resource.h", "RLIMIT_", "security/apparmor/rlim_names.h", false },
	{ "include/linux/socket.h", "AF_", "security/apparmor/net_names.h", false },
	{ "include/linux/net.h", "SOCK_", "security/apparmor/net_names.h", false },
	{ "security/selinux/include/classmap.h", "", "security/selinux/av_permissions.h", false },
	{ "security/selinux/include/initial_sid_to_string.h", "", "security/selinux/flask.h", false },
	{ "arch/x86/include/asm/cpufeatures.h", "X86_", "arch/x86/kernel/cpu/capflags.c", true },
	{ "arch/x86/include/asm/vmxfeatures.h", "VMX_", "arch/x86/kernel/cpu/capflags.c", true },
};

/* The lines with the word, each once, as keys. */
static struct map *lines_with(const struct buffer *text, const char *word)
{
	auto_text_list struct text_list lines = { 0 };
	struct map *found = map_new();

	text_list_split(&lines, buffer_text(text), "\n");
	for (size_t i = 0; i < lines.count; i++)
		if (strstr(lines.items[i], word) && !map_has(found, lines.items[i]))
			map_set(found, lines.items[i], found);
	return found;
}

static bool has_all(const struct map *lines, const struct map *others)
{
	for (size_t i = 0; i < map_count(others); i++)
		if (!map_has(lines, map_key(others, i)))
			return false;
	return true;
}

static void judge_row(const struct row *row, const struct edit *edit,
		      struct finding_list *findings)
{
	auto_map struct map *before = lines_with(&edit->original, row->word);
	auto_map struct map *after = lines_with(&edit->final, row->word);
	struct finding *finding;

	if (has_all(before, after) && has_all(after, before))
		return;
	finding = finding_add(findings, RULE_UNKNOWN_FILE, edit->path, NULL, NULL,
			      "The kernel's build makes %s of it, which stays as it is.", row->made);
	if (row->only_names && has_all(after, before))
		finding->verdict = RULE_WARN;
}

void generator_input_judge(const struct edit *edit, struct finding_list *findings)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (!strcmp(rows[i].path, edit->path))
			judge_row(&rows[i], edit, findings);
}
