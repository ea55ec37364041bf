/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a vmlinux says of itself: the build-id in .notes (NT_GNU_BUILD_ID, written by the linker) and
 * linux_banner (init/version.c, init/version-timestamp.c): "Linux version RELEASE (BY@HOST)
 * (COMPILER, LINKER) VERSION\n".
 */
#ifndef SUTURE_TARGET_NOTES_H
#define SUTURE_TARGET_NOTES_H

#include "base/error.h"
#include "elf/view.h"
#include "model/kernel_id.h"

/* Sets release, version, arch, build_id and compiler of *into (which must be initialised; what it
 * had there is freed) and leaves the rest alone. Hostile input is fine. ERROR_INVALID if the file
 * has no build-id or no banner: then it is no kernel that suture can tell from others. */
int vmlinux_identify(const char *vmlinux, struct kernel_id *into, struct error *err);
int vmlinux_identify_view(const struct elf_view *view, struct kernel_id *into, struct error *err);

/* The build-id of any ELF file with notes (vmlinux, .ko) in hexadecimal; caller frees. NULL: none. */
char *elf_build_id(const struct elf_view *view);

#endif
