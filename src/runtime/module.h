/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A loaded module, from /proc/modules (kernel/module/procfs.c: name size references users state
 * address (taint)) and /sys/module/NAME (kernel/module/sysfs.c: refcnt, srcversion, taint,
 * notes/.note.gnu.build-id).
 */
#ifndef SUTURE_RUNTIME_MODULE_H
#define SUTURE_RUNTIME_MODULE_H

#include "base/text.h"
#include "runtime/sysroot.h"

struct module { /* owns its texts; NULL where the kernel does not tell */
	char *name; /* never NULL; with '_', as the kernel shows it */
	long long references; /* -1: unknown */
	char *state; /* "live", "coming" (in its init), "going" */
	char *taint; /* "OEK" */
	char *srcversion;
	char *build_id;
	char *version;
};

/* False if no such module is loaded (built-in ones do not count). */
bool module_read(const struct sysroot *root, const char *name, struct module *ret_module);
void module_clear(struct module *module);
#define auto_module __attribute__((cleanup(module_clear)))

/* Names of all loadable modules that are loaded, sorted. An absent /sys/module is no error: a
 * kernel without modules. */
void module_names(const struct sysroot *root, struct text_list *into);
/* Has the kernel tainted this module as a livepatch (letter K)? */
bool module_is_livepatch(const struct module *module);

#endif
