// SPDX-License-Identifier: GPL-2.0-or-later
#include "runtime/machine.h"

#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/memory.h"
#include "base/process.h"
#include "runtime/livepatch.h"
#include "runtime/modinfo.h"
#include "runtime/taint.h"

#define CONFIG_LIMIT ((size_t)4 << 20)
#define NOTES_LIMIT ((size_t)1 << 20)

char *machine_build_id(const struct sysroot *root)
{
	auto_buffer struct buffer notes = BUFFER_INIT;
	struct error dropped;

	if (sysroot_read(root, NOTES_LIMIT, &notes, &dropped, "/sys/kernel/notes") < 0)
		return NULL;
	return notes_build_id(notes.data, notes.size);
}

/* "Linux version 6.1.0 (people@host) (gcc-12 (Debian ...) 12.2.0, GNU ld ...) #1 SMP": the compiler
 * is the first thing in the second pair of brackets. */
static char *compiler_of(const char *banner)
{
	const char *start = banner ? strstr(banner, ") (") : NULL;

	if (!start)
		return NULL;
	start += 3;

	const char *end = strstr(start, ", GNU ld");

	if (!end)
		end = strstr(start, ", LLD");
	return end ? xstrndup(start, (size_t)(end - start)) : NULL;
}

/* The first line of a .config: "# Linux/x86 6.1.192 Kernel Configuration". */
static char *arch_of_config(const char *config)
{
	const char *found = config ? strstr(config, "# Linux/") : NULL;

	if (!found)
		return NULL;
	if (has_prefix(found + 8, "x86 "))
		return xstrdup("x86_64");
	return xstrndup(found + 8, strcspn(found + 8, " \n"));
}

static void read_kernel(const struct sysroot *root, struct machine *machine)
{
	auto_free char *banner = sysroot_text(root, "/proc/version");
	struct utsname name;

	machine->kernel.release = sysroot_text(root, "/proc/sys/kernel/osrelease");
	machine->kernel.version = sysroot_text(root, "/proc/sys/kernel/version");
	machine->kernel.build_id = machine_build_id(root);
	machine->kernel.compiler = compiler_of(banner);
	if (!machine->kernel.release && root->live && uname(&name) == 0)
		machine->kernel.release = xstrdup(name.release); /* /proc is not mounted */
	if (root->live && uname(&name) == 0)
		machine->kernel.arch = xstrdup(name.machine);
	else
		machine->kernel.arch = sysroot_text(root, "/proc/sys/kernel/arch");
}

/* zlib's door is elsewhere, and a production host has zcat. */
static char *unpack_config(const struct buffer *packed)
{
	const char *const argv[] = { "zcat", NULL };
	const struct process_spec spec = {
		.argv = argv,
		.input = packed->data,
		.input_size = packed->size,
		.output_limit = CONFIG_LIMIT,
		.timeout_seconds = 10,
	};
	auto_process_result struct process_result result = { 0 };
	struct error dropped;

	if (process_run_ok(&spec, &result, &dropped) < 0)
		return NULL;
	return buffer_steal_text(&result.out);
}

static void read_config(const struct sysroot *root, struct machine *machine)
{
	static const char *const places[] = {
		"/boot/config-%s", "/lib/modules/%s/config", "/usr/lib/modules/%s/config",
		"/usr/lib/kernel/config-%s", "/lib/modules/%s/build/.config",
	};
	auto_buffer struct buffer text = BUFFER_INIT;
	struct error dropped;

	if (sysroot_read(root, CONFIG_LIMIT, &text, &dropped, "/proc/config.gz") == 0) {
		machine->config = unpack_config(&text);
		if (machine->config) {
			machine->config_path = xstrdup("/proc/config.gz");
			return;
		}
	}
	for (size_t i = 0; machine->kernel.release && i < ARRAY_SIZE(places); i++) {
		auto_free char *path = xasprintf(places[i], machine->kernel.release);

		buffer_reset(&text);
		if (sysroot_read(root, CONFIG_LIMIT, &text, &dropped, "%s", path) < 0)
			continue;
		machine->config = buffer_steal_text(&text);
		machine->config_path = steal_ptr(path);
		return;
	}
}

char *machine_config(const struct machine *machine, const char *name)
{
	auto_free char *key = xasprintf("CONFIG_%s=", name);
	const char *at = machine->config;

	if (!at)
		return NULL;
	while ((at = strstr(at, key))) {
		if (at == machine->config || at[-1] == '\n') {
			at += strlen(key);
			return xstrndup(at, strcspn(at, "\n"));
		}
		at++;
	}
	return xstrdup("n");
}

/* "none [integrity] confidentiality" */
static char *read_lockdown(const struct sysroot *root)
{
	auto_free char *text = sysroot_text(root, "/sys/kernel/security/lockdown");
	char *open = text ? strchr(text, '[') : NULL;

	return open ? xstrndup(open + 1, strcspn(open + 1, "]")) : NULL;
}

static char *find_container(const struct sysroot *root)
{
	static const char *const marks[] = { "/run/systemd/container", "/.dockerenv",
					     "/run/.containerenv" };

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (sysroot_exists(root, "%s", marks[i]))
			return xstrdup(marks[i]);
	return NULL;
}

static char *find_tracefs(const struct sysroot *root)
{
	static const char *const places[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (sysroot_exists(root, "%s/enabled_functions", places[i]))
			return xstrdup(places[i]);
	return NULL;
}

static int read_may_load(const struct sysroot *root)
{
	auto_free char *status = root->live ? sysroot_text(root, "/proc/self/status") : NULL;
	const char *found = status ? strstr(status, "\nCapEff:\t") : NULL;

	if (!found)
		return -1;
	return (strtoull(found + 9, NULL, 16) >> CAP_SYS_MODULE) & 1;
}

static int read_flag(const struct sysroot *root, const char *path)
{
	auto_free char *text = sysroot_text(root, "%s", path);

	if (!text || !*text)
		return -1;
	return *text == 'Y' || *text == '1';
}

/* "MemAvailable:   123456 kB" (fs/proc/meminfo.c) */
static long long read_memory_available(const struct sysroot *root)
{
	auto_free char *text = sysroot_text(root, "/proc/meminfo");
	const char *line = text ? strstr(text, "\nMemAvailable:") : NULL;
	long long kilobytes;

	return line && sscanf(line, "\nMemAvailable: %lld kB", &kilobytes) == 1 && kilobytes >= 0 ?
		       kilobytes * 1024 :
		       -1;
}

void machine_read(const struct sysroot *root, struct machine *ret_machine)
{
	struct machine machine = {
		.boot_id = sysroot_text(root, "/proc/sys/kernel/random/boot_id"),
		.has_livepatch = livepatch_supported(root),
		.has_sysfs = sysroot_is_directory(root, "/sys/kernel"),
		.has_proc = sysroot_exists(root, "/proc/version"),
		.tracefs = find_tracefs(root),
		.modules_disabled = read_flag(root, "/proc/sys/kernel/modules_disabled"),
		.ftrace_enabled = read_flag(root, "/proc/sys/kernel/ftrace_enabled"),
		.signature_enforced = read_flag(root, "/sys/module/module/parameters/sig_enforce"),
		.lockdown = read_lockdown(root),
		.container = find_container(root),
		.memory_available = read_memory_available(root),
		.may_load = read_may_load(root),
		.taint = taint_read(root),
	};

	read_kernel(root, &machine);
	read_config(root, &machine);
	if (!machine.kernel.arch)
		machine.kernel.arch = arch_of_config(machine.config);
	*ret_machine = machine;
}

void machine_clear(struct machine *machine)
{
	kernel_id_clear(&machine->kernel);
	free(machine->boot_id);
	free(machine->config);
	free(machine->config_path);
	free(machine->tracefs);
	free(machine->lockdown);
	free(machine->container);
	*machine = (struct machine){ 0 };
}
