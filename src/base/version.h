/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Versions of packages and kernels. */
#ifndef SUTURE_BASE_VERSION_H
#define SUTURE_BASE_VERSION_H

/* Which of two versions is newer, by Debian's rules (Debian Policy 5.6.12): <0, 0, >0. Good for
 * releases as well. */
int version_compare(const char *a, const char *b);

#endif
