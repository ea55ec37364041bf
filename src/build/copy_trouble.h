/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why code that was copied out of the kernel does not compile in a module, said of the names in it. */
#ifndef SUTURE_BUILD_COPY_TROUBLE_H
#define SUTURE_BUILD_COPY_TROUBLE_H

/* From the compiler's words ("x.c:3:4: error: 'foo' undeclared", gcc's or clang's): "foo is not declared in
 * the copy"; of words that say nothing known the first without the place. Caller frees. */
char *copy_trouble(const char *words);

#endif
