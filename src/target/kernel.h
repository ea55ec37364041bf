/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel that we build for, as it stands in the cache: unpacked, configured, with its symbol
 * table decoded. Everything here is read-only for the later stages; what they make goes elsewhere.
 */
#ifndef SUTURE_TARGET_KERNEL_H
#define SUTURE_TARGET_KERNEL_H

#include <stdbool.h>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "model/kernel_id.h"

struct kernel { /* owns everything; all paths absolute */
	struct kernel_id id;
	char *folder; /* of this kernel in the cache */
	char *image; /* vmlinuz as shipped (bootable); NULL for an imported tree without one */
	char *vmlinux; /* ELF: unpacked from the image, or with symbols (debug package, import) */
	bool has_debug; /* vmlinux has an ELF symbol table and DWARF */
	char *config; /* .config as shipped */
	char *source; /* source tree, configured and prepared: kbuild can compile any unit in it */
	char *modules; /* the folder that holds the shipped .ko files, at any depth */
	/* Folder with modules that were built beside a livepatch; module_find() takes those that `modules`
	 * does not have. NULL for a kernel as kernel_open() returns it. Borrowed. */
	const char *beside;
	char *symvers; /* Module.symvers */
	char *headers; /* linux-headers-REL as shipped (module.lds, Makefile); import: the tree */
	char *objtool; /* the objtool program that was shipped with it; NULL: it has none */
	char *package_version; /* "6.1.192-2"; NULL for an import */
	char *compiler; /* program that compiled it: "gcc-12" */
	/* What make needs besides the target: "CC=gcc-12", "KERNELRELEASE=...", and for a fetched
	 * kernel "--assume-old=tools/objtool", which keeps the shipped objtool in the tree. */
	struct text_list make_args;
};

/* $SUTURE_CACHE, else $XDG_CACHE_HOME/suture, else ~/.cache/suture; caller frees. */
int cache_folder(char **ret_path, struct error *err);

/* Whether builds can keep their trees and objects in the cache. ERROR_PERMISSION for somebody
 * else's: what is in it can be read all the same. */
int cache_check_writable(struct error *err);

/* Opens a prepared kernel by release, or by the path of a build tree that was imported.
 * ERROR_NOT_FOUND says which command would fetch it. */
int kernel_open(const char *name, struct kernel **ret_kernel, struct error *err);
void kernel_free(struct kernel *kernel);
/* Releases of the prepared kernels in the cache, oldest first. */
int kernel_list(struct text_list *ret_releases, struct error *err);

#include "base/memory.h"
DEFINE_AUTO(kernel)
#define auto_kernel __attribute__((cleanup(auto_kernel_cleanup)))

#endif
