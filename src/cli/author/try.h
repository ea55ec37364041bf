/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One trial of a livepatch in a machine, and the ways to tell about it. */
#ifndef SUTURE_CLI_AUTHOR_TRY_H
#define SUTURE_CLI_AUTHOR_TRY_H

#include "base/buffer.h"
#include "base/json.h"
#include "base/text.h"
#include "lab/guest.h"
#include "lab/transcript.h"
#include "target/kernel.h"

enum try_kind { TRY_MODULES, TRY_BEFORE, TRY_LOAD, TRY_AFTER, TRY_SHELL, TRY_UNLOAD, TRY_AGAIN };

#define TRY_MAX_STEPS 7

struct trial { /* owns its texts */
	struct kernel *kernel;
	char *module; /* path of the livepatch, NULL: none */
	char *module_name; /* as the kernel knows it */
	struct text_list patches; /* what it was built from, if it was */
	char *before, *after; /* paths of the scripts, or NULL */
	char *log; /* path of the kernel's log */
	enum try_kind kinds[TRY_MAX_STEPS];
	char *scripts[TRY_MAX_STEPS];
	size_t step_count;
	struct transcript transcript;
};

void trial_clear(struct trial *trial);
#define auto_trial __attribute__((cleanup(trial_clear)))

/* 0 if everything went well; else -1 with the first reason, and the code that says what kind. */
int trial_verdict(const struct trial *trial, struct error *err);
void trial_print(const struct trial *trial);
/* The whole story, for --json and --evidence; caller frees. */
int trial_json(const struct trial *trial, json_value **ret_value, struct error *err);

#endif
