// SPDX-License-Identifier: GPL-2.0-or-later
#include "runtime/load_error.h"

#include <errno.h>
#include <string.h>

#include "base/memory.h"
#include "runtime/livepatch.h"

/* What the log says when the kernel refuses, and what it means. The first row that fits both the
 * errno (0: any) and the log (NULL: whatever it says) wins. That a module is not signed, "module
 * verification failed", is said of each first one that is taken, and is no reason; that there is no
 * livepatching is known before (preflight.c), so that ENODEV is the word of the module's own init. */
static const struct {
	int number;
	const char *words;
	enum error_code code;
	const char *meaning;
} reasons[] = {
	{ 0, "pre-patch callback failed", ERROR_APPLY, "its own pre_patch callback turned it down" },
	{ ENOENT, "Unknown symbol", ERROR_UNSUPPORTED,
	  "it needs a symbol that this kernel does not have or does not export; build it for exactly "
	  "this kernel" },
	{ 0, "disagrees about version of symbol", ERROR_UNSUPPORTED,
	  "it was built against other interfaces (MODVERSIONS); build it for exactly this kernel" },
	{ 0, "version magic", ERROR_UNSUPPORTED, "it was built for another kernel or configuration" },
	{ EKEYREJECTED, NULL, ERROR_VERIFY,
	  "this kernel takes modules only with a signature of a key that it trusts" },
	{ ENOKEY, NULL, ERROR_VERIFY, "the key that signed it is not one that this kernel trusts" },
	{ EBADMSG, NULL, ERROR_VERIFY, "its signature is damaged" },
	{ EPERM, "Lockdown", ERROR_VERIFY,
	  "the kernel is locked down (Secure Boot) and takes signed modules only" },
	{ EPERM, NULL, ERROR_PERMISSION, "no permission: run this as root, outside of a container" },
	{ EBUSY, "failed to register ftrace handler", ERROR_APPLY,
	  "another user of ftrace owns one of its functions: a kprobe with a post handler, fault "
	  "injection or another patching tool; remove that first (see 'suture check')" },
	{ EBUSY, NULL, ERROR_APPLY,
	  "something in the kernel is in its way: another transition, or an owner of one of its "
	  "functions (see 'suture check')" },
	{ EEXIST, NULL, ERROR_NOTHING, "a module of this name is loaded already" },
	{ EINVAL, "Livepatch patch", ERROR_APPLY,
	  "it is not compatible with the livepatches that are loaded: it neither replaces them nor "
	  "knows their states" },
	{ EINVAL, "failed to find location for function", ERROR_UNSUPPORTED,
	  "one of its functions cannot be traced, so that it cannot be redirected" },
	{ EINVAL, "not found in symbol table", ERROR_UNSUPPORTED,
	  "it patches a function that this kernel does not have; build it for exactly this kernel" },
	{ EINVAL, "is not marked as a livepatch module", ERROR_INVALID,
	  "the .mod of its struct klp_patch is another module: it must be THIS_MODULE" },
	{ 0, "symbol position", ERROR_UNSUPPORTED,
	  "one of its functions is not where the patch expects it; build it for exactly this "
	  "kernel" },
	{ 0, "unresolvable ambiguity", ERROR_UNSUPPORTED,
	  "several functions have the name it wants and it does not say which; build it for exactly "
	  "this kernel" },
	{ EINVAL, NULL, ERROR_APPLY,
	  "its struct klp_patch may be incomplete (mod, objs and funcs must be set), or its own init "
	  "turned it down; 'suture verify' looks at the file" },
	{ EOPNOTSUPP, NULL, ERROR_UNSUPPORTED,
	  "this kernel cannot tell reliably what is on a task's stack, so that a transition could "
	  "not end" },
	{ ENOEXEC, NULL, ERROR_INVALID, "the kernel finds the file damaged or made for another one" },
	{ ENOMEM, NULL, ERROR_APPLY, "there is not enough memory for it" },
	{ ENOSYS, NULL, ERROR_UNSUPPORTED, "this kernel cannot load modules" },
};

static const char *find_line(const struct text_list *lines, const char *words)
{
	for (size_t i = 0; i < lines->count; i++)
		if (strstr(lines->items[i], words))
			return lines->items[i];
	return NULL;
}

/* The line to show beside the meaning: the one that the meaning came from, else the last about
 * this module that is no routine. */
static const char *telling_line(const struct text_list *lines, const char *name)
{
	for (size_t i = lines->count; i-- > 0;) {
		const char *line = lines->items[i];

		if ((strstr(line, name) || has_prefix(line, "livepatch: ")) &&
		    !strstr(line, "enabling patch") && !strstr(line, "tainting kernel") &&
		    !strstr(line, "taints kernel"))
			return line;
	}
	return NULL;
}

int load_error_text(int number, const char *name, const struct text_list *lines,
		    struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		const char *line = NULL;

		if (reasons[i].number && reasons[i].number != number)
			continue;
		if (reasons[i].words && !(line = find_line(lines, reasons[i].words)))
			continue;
		if (!line)
			line = telling_line(lines, name);
		return error_set(err, reasons[i].code, "the kernel refused it (%s): %s%s%.160s%s",
				 strerror(number), reasons[i].meaning,
				 line ? "; its log says \"" : "", line ? line : "",
				 line ? "\"" : "");
	}

	const char *line = telling_line(lines, name);

	return error_set(err, ERROR_APPLY, "the kernel refused it: %s%s%.160s%s", strerror(number),
			 line ? "; its log says \"" : "", line ? line : "", line ? "\"" : "");
}

int load_error(const struct sysroot *root, const struct machine *machine,
	       const struct modinfo *info, int number, struct kernel_log *log, struct error *err)
{
	auto_text_list struct text_list lines = { 0 };

	kernel_log_since(log, NULL, &lines);
	if (number == EPERM && sysroot_number(root, 0, "/proc/sys/kernel/modules_disabled") == 1)
		return error_set(err, ERROR_POLICY,
				 "kernel.modules_disabled is 1: no module can be loaded until the "
				 "next boot");
	if (number == EPERM && machine->lockdown && strcmp(machine->lockdown, "none") != 0 &&
	    !info->is_signed)
		return error_set(err, ERROR_VERIFY,
				 "the kernel is locked down (%s) and takes signed modules only",
				 machine->lockdown);
	return load_error_text(number, info->name, &lines, err);
}
