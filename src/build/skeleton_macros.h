/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What calls of macros at the top of a file define: "static DEFINE_MUTEX(lock);". Private to src/build. */
#ifndef SUTURE_BUILD_SKELETON_MACROS_H
#define SUTURE_BUILD_SKELETON_MACROS_H

#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"
#include "build/skeleton_items.h"

struct macro_made { /* owns both */
	char *declaration; /* "extern struct mutex lock;", NULL: what the macro makes is not known */
	struct text_list names; /* of the symbols behind it; the kernel has the first, or none is needed */
};

void macro_made_clear(struct macro_made *made);
#define auto_macro_made __attribute__((cleanup(macro_made_clear)))

/* A call that defines nothing which code refers to: EXPORT_SYMBOL(), module_init(). */
bool macro_is_registration(const char *macro);
/* A call that defines a type, which is copied wherever it stands: its names are not those in the text. */
bool macro_is_type(const char *macro);
/* `item` is a call. Into *ret_made, which is empty. ERROR_UNSUPPORTED if it is no whole call. */
int macro_read(const struct c_text *text, const struct item *item, struct macro_made *ret_made,
	       struct error *err);

#endif
