/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a module file says of itself, for machines that carry no ELF library: the .modinfo texts
 * ("key=value", include/linux/moduleparam.h, kernel/module/main.c get_modinfo()), the build-id note
 * and whether a signature is appended (include/linux/module_signature.h: the file ends with
 * "~Module signature appended~\n"). Only 64-bit little-endian ELF, which is every kernel that suture
 * knows. Input is hostile: all offsets are checked, the file is at most 64 MiB.
 */
#ifndef SUTURE_RUNTIME_MODINFO_H
#define SUTURE_RUNTIME_MODINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

#define MODINFO_FILE_LIMIT ((size_t)64 << 20)

struct modinfo {
	struct text_list items; /* "key=value", in the order of the file */
	char *name; /* the module's, never NULL: from "name=", as /proc/modules will show it */
	char *build_id; /* hexadecimal, or NULL */
	size_t size; /* of the file, bytes */
	bool is_signed; /* a signature is appended; says nothing of its worth */
};

/* Copies what it needs out of `data`. Caller must call modinfo_clear(). */
int modinfo_parse(const void *data, size_t size, struct modinfo *ret_info, struct error *err);
void modinfo_clear(struct modinfo *info);
#define auto_modinfo __attribute__((cleanup(modinfo_clear)))

/* The first value of the key, or NULL. */
const char *modinfo_get(const struct modinfo *info, const char *key);
/* All values of the key, each split at commas. */
void modinfo_get_all(const struct modinfo *info, const char *key, struct text_list *into);
bool modinfo_is_livepatch(const struct modinfo *info);

/* The GNU build-id among ELF notes (a section, /sys/kernel/notes, /sys/module/X/notes/...), in
 * hexadecimal, or NULL. Caller frees. */
char *notes_build_id(const void *data, size_t size);

#endif
