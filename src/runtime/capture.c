// SPDX-License-Identifier: GPL-2.0-or-later
#include "runtime/capture.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "runtime/livepatch.h"
#include "runtime/machine.h"
#include "runtime/module.h"

#define FILE_LIMIT ((size_t)16 << 20)

enum kind { PLAIN, REDACTED, MARK };

static const struct {
	const char *path;
	enum kind kind;
} files[] = {
	{ "/proc/version", PLAIN },
	{ "/proc/meminfo", PLAIN },
	{ "/proc/modules", REDACTED },
	{ "/proc/sys/kernel/osrelease", PLAIN },
	{ "/proc/sys/kernel/version", PLAIN },
	{ "/proc/sys/kernel/arch", PLAIN },
	{ "/proc/sys/kernel/tainted", PLAIN },
	{ "/proc/sys/kernel/modules_disabled", PLAIN },
	{ "/proc/sys/kernel/ftrace_enabled", PLAIN },
	{ "/sys/kernel/security/lockdown", PLAIN },
	{ "/sys/module/module/parameters/sig_enforce", PLAIN },
	{ "/sys/kernel/debug/kprobes/list", REDACTED },
	{ "/run/systemd/container", MARK },
	{ "/.dockerenv", MARK },
	{ "/run/.containerenv", MARK },
};

static const char *const module_files[] = { "initstate", "refcnt", "taint", "srcversion", "version",
					    "notes/.note.gnu.build-id" };

/* The words of configuration lines that say something about livepatching. */
static const char *const config_words[] = {
	"Kernel Configuration", "CONFIG_CC_VERSION", "LIVEPATCH", "FTRACE", "MODULE", "KALLSYMS",
	"UNWINDER", "STACKTRACE", "STACK_VALIDATION", "LOCKDOWN", "KPROBE", "CONFIG_BPF",
	"DEBUG_INFO", "X86_KERNEL_IBT", "RETHUNK", "CALL_DEPTH", "CALL_PADDING", "CFI",
	"ERROR_INJECTION", "FPROBE", "IKCONFIG", "CONFIG_PREEMPT", "TRIM_UNUSED",
};

struct copy {
	const struct sysroot *root;
	const char *folder;
};

void redact_addresses(char *text)
{
	while (*text) {
		size_t length = 0;

		while (isxdigit((unsigned char)text[length]))
			length++;
		if (length >= 8)
			memset(text, '0', length);
		text += length ? length : 1;
	}
}

static int write_captured(const struct copy *copy, const char *path, const void *data, size_t size,
			  struct error *err)
{
	auto_free char *target = xasprintf("%s%s", copy->folder, path);
	auto_free char *parent = xstrndup(target, (size_t)(strrchr(target, '/') - target));

	if (directory_make(parent, err) < 0)
		return -1;
	return file_write(target, data, size, 0644, false, err);
}

/* A file that is not there is not there in the capture either: that is a fact too. */
static int copy_file(const struct copy *copy, const char *path, enum kind kind, struct error *err)
{
	auto_buffer struct buffer bytes = BUFFER_INIT;
	struct error absent;

	if (!sysroot_exists(copy->root, "%s", path) ||
	    (kind != MARK &&
	     sysroot_read(copy->root, FILE_LIMIT, &bytes, &absent, "%s", path) < 0))
		return 0;
	if (kind == REDACTED && bytes.size)
		redact_addresses((char *)bytes.data);
	return write_captured(copy, path, bytes.size ? (const void *)bytes.data : "", bytes.size, err);
}

/* Only the build-id: the other notes hold addresses. */
static int copy_notes(const struct copy *copy, const struct machine *machine, struct error *err)
{
	static const char path[] = "/sys/kernel/notes";
	const char *hex = machine->kernel.build_id;
	size_t size = hex ? strlen(hex) / 2 : 0;
	const uint32_t header[3] = { 4, (uint32_t)size, 3 /* NT_GNU_BUILD_ID */ };
	auto_buffer struct buffer note = BUFFER_INIT;

	if (!sysroot_exists(copy->root, path))
		return 0;
	if (!hex)
		return write_captured(copy, path, "", 0, err);
	buffer_add(&note, header, sizeof(header));
	buffer_add(&note, "GNU", 4);
	for (size_t i = 0; i < size; i++) {
		unsigned byte = 0;

		sscanf(hex + 2 * i, "%2x", &byte);
		buffer_add_char(&note, (char)byte);
	}
	buffer_align(&note, 4);
	return write_captured(copy, path, note.data, note.size, err);
}

static bool is_telling(const char *line)
{
	for (size_t i = 0; i < ARRAY_SIZE(config_words); i++)
		if (strstr(line, config_words[i]))
			return true;
	return false;
}

static int copy_config(const struct copy *copy, const struct machine *machine, struct error *err)
{
	auto_text_list struct text_list lines = { 0 };
	auto_buffer struct buffer text = BUFFER_INIT;

	if (!machine->config || !machine->kernel.release ||
	    strchr(machine->kernel.release, '/'))
		return 0;
	text_list_split(&lines, machine->config, "\n");
	for (size_t i = 0; i < lines.count; i++)
		if (is_telling(lines.items[i]))
			buffer_printf(&text, "%s\n", lines.items[i]);

	auto_free char *path = xasprintf("/boot/config-%s", machine->kernel.release);

	return write_captured(copy, path, text.data, text.size, err);
}

static int copy_modules(const struct copy *copy, struct error *err)
{
	auto_text_list struct text_list names = { 0 };

	module_names(copy->root, &names);
	for (size_t i = 0; i < names.count; i++)
		for (size_t j = 0; j < ARRAY_SIZE(module_files); j++) {
			auto_free char *path = xasprintf("/sys/module/%s/%s", names.items[i],
							 module_files[j]);

			if (copy_file(copy, path, PLAIN, err) < 0)
				return -1;
		}
	return 0;
}

/* The tree below /sys/kernel/livepatch, at most patch/object/function deep. */
static int copy_tree(const struct copy *copy, const char *path, unsigned depth, struct error *err)
{
	auto_text_list struct text_list names = { 0 };
	auto_free char *target = xasprintf("%s%s", copy->folder, path);
	struct error absent;

	if (sysroot_list(copy->root, &names, &absent, "%s", path) < 0)
		return 0;
	if (directory_make(target, err) < 0)
		return -1;
	if (!names.count) { /* a function: its folder is the fact; git and others drop empty ones */
		auto_free char *keep = path_join(path, ".keep");

		return write_captured(copy, keep, "", 0, err);
	}
	for (size_t i = 0; i < names.count; i++) {
		auto_free char *child = path_join(path, names.items[i]);
		int result = sysroot_is_directory(copy->root, child) ?
				     (depth ? copy_tree(copy, child, depth - 1, err) : 0) :
				     copy_file(copy, child, PLAIN, err);

		if (result < 0)
			return -1;
	}
	return 0;
}

static int copy_all(const struct copy *copy, struct error *err)
{
	auto_machine struct machine machine = { 0 };

	machine_read(copy->root, &machine);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (copy_file(copy, files[i].path, files[i].kind, err) < 0)
			return -1;
	if (machine.tracefs) {
		auto_free char *path = path_join(machine.tracefs, "enabled_functions");

		if (copy_file(copy, path, REDACTED, err) < 0)
			return -1;
	}
	if (copy_notes(copy, &machine, err) < 0 || copy_config(copy, &machine, err) < 0 ||
	    copy_modules(copy, err) < 0)
		return -1;
	return copy_tree(copy, LIVEPATCH_FOLDER, 3, err);
}

int capture_machine(const struct sysroot *root, const char *folder, struct error *err)
{
	auto_free char *whole = xstrdup(folder);
	char *slash = strrchr(whole, '/');
	auto_free char *temporary = NULL;
	struct error dropped;

	if (file_exists(folder))
		return error_set(err, ERROR_FAILED, "%s exists already; name a new folder", folder);
	if (slash)
		*slash = 0;
	if (directory_make_temporary(slash ? (slash == whole ? "/" : whole) : ".", &temporary,
				     err) < 0)
		return -1;

	const struct copy copy = { root, temporary };
	int result = copy_all(&copy, err);

	if (result == 0)
		result = interrupt_check(err);
	if (result == 0 && rename(temporary, folder) < 0)
		result = error_errno(err, "cannot put %s in place", folder);
	if (result < 0)
		directory_remove(temporary, &dropped);
	return result;
}
