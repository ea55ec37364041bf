/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copies what src/runtime reads of a machine into a folder, for `--sysroot` and for bug reports.
 * No secrets: kernel addresses become zeros, of the configuration only the lines that matter here
 * are kept, and nothing is taken of command line, log, processes or machine identity.
 */
#ifndef SUTURE_RUNTIME_CAPTURE_H
#define SUTURE_RUNTIME_CAPTURE_H

#include "base/error.h"
#include "runtime/sysroot.h"

/* `folder` must not exist; it appears only when complete. */
int capture_machine(const struct sysroot *root, const char *folder, struct error *err);

/* Zeros for everything in the text that looks like a kernel address: eight and more hexadecimal
 * digits in a row. */
void redact_addresses(char *text);

#endif
