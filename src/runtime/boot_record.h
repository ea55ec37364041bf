/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One record of runtime/boot.h, between the store and the boot itself. */
#ifndef SUTURE_RUNTIME_BOOT_RECORD_H
#define SUTURE_RUNTIME_BOOT_RECORD_H

#include "runtime/boot.h"

void boot_entry_clear(struct boot_entry *entry);
/* Writes and syncs it, with the time of now. */
int boot_record_write(const char *folder, struct boot_entry *entry, struct error *err);

#endif
