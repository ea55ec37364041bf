/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The static repository: regular files below one folder, never out of it, with what lets a client
 * ask for a file only when it changed, or for the rest of one.
 */
#ifndef SUTURE_SERVER_FILES_H
#define SUTURE_SERVER_FILES_H

#include "base/error.h"
#include "base/memory.h"

struct exchange;
struct files;

int files_open(const char *folder, struct files **ret_files, struct error *err);
void files_free(struct files *files); /* takes NULL */
DEFINE_AUTO(files)
#define auto_files __attribute__((cleanup(auto_files_cleanup)))

/* `name`: the path below the folder, without '/' in front; hostile. GET and HEAD. */
void files_answer(const struct files *files, const char *name, struct exchange *exchange);

#endif
