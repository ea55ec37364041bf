/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The root file system of a throw-away machine, as an archive that the kernel unpacks into memory:
 * busybox, programs of the host with the libraries they need, modules, files, and /init.
 */
#ifndef SUTURE_LAB_INITRAMFS_H
#define SUTURE_LAB_INITRAMFS_H

#include <sys/types.h>

#include "base/error.h"
#include "base/text.h"

struct initramfs;

/* An empty root with /dev/console and the folders that every system has. */
struct initramfs *initramfs_new(void);
void initramfs_free(struct initramfs *initramfs);

/* Guest paths are absolute; folders above them are made. The same path twice is an error only if
 * the contents differ. */
int initramfs_add_bytes(struct initramfs *initramfs, const char *guest_path, mode_t mode,
			const void *data, size_t size, struct error *err);
/* A file of the host, with its permissions. */
int initramfs_add_file(struct initramfs *initramfs, const char *guest_path, const char *host_path,
		       struct error *err);
/* A program of the host and every shared library that it needs. */
int initramfs_add_program(struct initramfs *initramfs, const char *guest_path,
			  const char *host_path, struct error *err);
/* A kernel module, unpacked if it is packed: busybox hands packed ones to the kernel first, which
 * complains in its log. An appended signature stays. */
int initramfs_add_module(struct initramfs *initramfs, const char *guest_path,
			 const char *host_path, struct error *err);
/* /bin/busybox, from the host's package busybox-static. */
int initramfs_add_busybox(struct initramfs *initramfs, struct error *err);
/* Folders that shared libraries went to, separated by ':', for LD_LIBRARY_PATH; "" if none.
 * Valid until the next program is added. */
const char *initramfs_library_path(const struct initramfs *initramfs);
/* Writes the archive. Nothing can be added afterwards. */
int initramfs_write(struct initramfs *initramfs, const char *path, struct error *err);

/* Paths of the shared libraries, the loader among them, that the program of the host needs; none
 * for a static one. ERROR_NOT_FOUND names a library that is missing. */
int program_libraries(const char *path, struct text_list *ret_paths, struct error *err);

#include "base/memory.h"
DEFINE_AUTO(initramfs)
#define auto_initramfs __attribute__((cleanup(auto_initramfs_cleanup)))

#endif
