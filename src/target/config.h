/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel's .config: values, the compiler it names, and whether a tree was configured the same. */
#ifndef SUTURE_TARGET_CONFIG_H
#define SUTURE_TARGET_CONFIG_H

#include "base/error.h"
#include "base/text.h"

struct config; /* option to value */
/* Hostile input is fine: lines that are neither "CONFIG_X=value" nor comments are ERROR_INVALID. */
int config_parse(const char *text, struct config **ret_config, struct error *err);
int config_read(const char *path, struct config **ret_config, struct error *err);
void config_free(struct config *config);
/* "y", "m", a number, or a text with its quotes; NULL if not set. `option` with CONFIG_. */
const char *config_get(const struct config *config, const char *option);

/* CONFIG_CC_VERSION_TEXT without its quotes; caller frees. ERROR_INVALID if there is none. */
int config_compiler_text(const struct config *config, char **ret_text, struct error *err);

/* ERROR_REFUSED, with a rule's name, for options after which objects are not what suture knows how to
 * compare: link-time optimisation (arch/Kconfig: LTO_CLANG), type checks of indirect calls
 * (CFI_CLANG), structures in an order that a secret seed gives (security/Kconfig.hardening). */
int config_check_supported(const struct config *config, struct error *err);

/* Differences that change no code are known by name; every other is added to `into`, as
 * "CONFIG_X: y, was m". */
void config_compare(const struct config *shipped, const struct config *made,
		    struct text_list *into);

#include "base/memory.h"
DEFINE_AUTO(config)
#define auto_config __attribute__((cleanup(auto_config_cleanup)))

#endif
