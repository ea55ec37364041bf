/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Archives of every kind that libarchive reads: tar and cpio in any compression, and RPM packages,
 * which are a cpio behind a header of their own. They come from whoever put them into the folder:
 * hostile. An entry cannot leave the folder that it is unpacked to, neither by its name nor through
 * a link that an earlier entry made; devices and the like are refused; entries, the length of names
 * and the bytes that come out are limited.
 */
#ifndef SUTURE_TARGET_UNPACK_H
#define SUTURE_TARGET_UNPACK_H

#include "base/error.h"
#include "base/text.h"

/* Unpacks below a folder that exists, without the first `strip` parts of each name; an entry with
 * fewer is left out. ERROR_INVALID names archive and entry; what was unpacked until then stays. */
int unpack_archive(const char *path, const char *folder, unsigned strip, struct error *err);
/* Names of the entries, without "./" before them. */
int unpack_names(const char *path, struct text_list *ret_names, struct error *err);

#endif
