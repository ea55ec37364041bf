/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A private copy of a kernel's source tree in which files can be changed: hard links to the source
 * (symbolic ones where the file system refuses), in the cache, used by one process at a time and
 * used again by the next. The source itself is never written: a changed file is a new file.
 *
 * Which files differ is journalled before the first one is touched, so that a tree that was left by
 * kill -9 is put right before the next use.
 */
#ifndef SUTURE_BUILD_TREE_H
#define SUTURE_BUILD_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"

struct tree {
	char *path; /* absolute, without links */
	char *source; /* what it is a copy of, absolute, without links */
	char *journal;
	int lock;
	struct text_list changed; /* paths below it that differ from the source */
};

/*
 * Takes a tree of the pool in `pool` that nobody uses, or makes one. `source` is a real path;
 * `stamp` names what it is: trees with another stamp are made anew. The caller frees the tree,
 * which gives it back clean.
 */
int tree_take(const char *pool, const char *source, const char *stamp,
	      const struct progress *progress, struct tree **ret_tree, struct error *err);
/* Puts every changed file right and gives the tree back; takes NULL. */
void tree_free(struct tree *tree);

/* Says which paths are going to differ; needed once, before tree_write() and tree_remove(). */
int tree_begin(struct tree *tree, const struct text_list *paths, struct error *err);
int tree_write(struct tree *tree, const char *path, const void *data, size_t size,
	       struct error *err);
int tree_remove(struct tree *tree, const char *path, struct error *err);
/* Links the path to the source again, or removes it if the source has none. */
int tree_restore(struct tree *tree, const char *path, struct error *err);
/* The file below the tree is the source's own. */
bool tree_is_same(const struct tree *tree, const char *path);

#include "base/memory.h"
DEFINE_AUTO(tree)
#define auto_tree __attribute__((cleanup(auto_tree_cleanup)))

#endif
