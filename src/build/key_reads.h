/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Static keys, read instead of jumped by. The kernel handles a livepatch's jump labels when it loads
 * it, before the symbols of modules are resolved: a label whose key a module owns would be registered
 * with a wrong address. A unit that is compiled with this text in front tests its keys in memory,
 * which says the same a moment earlier (kernel/jump_label.c changes the count first, the code after).
 */
#ifndef SUTURE_BUILD_KEY_READS_H
#define SUTURE_BUILD_KEY_READS_H

/* A header for gcc -include. */
extern const char key_reads_text[];

#endif
