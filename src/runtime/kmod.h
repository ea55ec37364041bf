/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inserting and removing modules, through libkmod (finit_module(2), delete_module(2)). No
 * dependencies are resolved and no configuration is read: a livepatch stands alone, and what is
 * loaded are exactly the bytes that were checked.
 */
#ifndef SUTURE_RUNTIME_KMOD_H
#define SUTURE_RUNTIME_KMOD_H

#include <stddef.h>

#include "base/error.h"

/* The bytes in a sealed memory file, opened for reading only. */
int kmod_seal(const void *data, size_t size, int *ret_fd, struct error *err);
/* Loads the module in `fd`. On failure *ret_errno tells the kernel's reason for the caller to put
 * into words (runtime/load_error.h). */
int kmod_insert(int fd, int *ret_errno, struct error *err);
/* ERROR_TEMPORARY if it is in use, ERROR_NOT_FOUND if it is not loaded. */
int kmod_remove(const char *name, struct error *err);

#endif
