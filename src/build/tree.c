// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "build/link_copy.h"

#define POOL_LIMIT 64
#define JOURNAL_LIMIT ((size_t)16 << 20)

bool tree_is_same(const struct tree *tree, const char *path)
{
	auto_free char *ours = path_join(tree->path, path);
	auto_free char *theirs = path_join(tree->source, path);
	struct stat a, b;

	/* A symbolic link leads to the very same file too. */
	return stat(ours, &a) == 0 && stat(theirs, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

int tree_restore(struct tree *tree, const char *path, struct error *err)
{
	auto_free char *ours = path_join(tree->path, path);
	auto_free char *theirs = path_join(tree->source, path);

	if (unlink(ours) < 0 && errno != ENOENT && errno != ENOTDIR)
		return error_errno(err, "cannot remove %s", ours);
	if (!file_exists(theirs))
		return 0;
	return link_file(theirs, ours, err);
}

static int restore_all(struct tree *tree, const struct text_list *paths, struct error *err)
{
	for (size_t i = 0; i < paths->count; i++)
		if (tree_restore(tree, paths->items[i], err) < 0)
			return -1;
	if (unlink(tree->journal) < 0 && errno != ENOENT)
		return error_errno(err, "cannot remove %s", tree->journal);
	return 0;
}

/* What a process that did not end well has left. */
static int replay_journal(struct tree *tree, struct error *err)
{
	auto_text_list struct text_list paths = { 0 };
	auto_buffer struct buffer text = BUFFER_INIT;

	if (!file_exists(tree->journal))
		return 0;
	if (file_read(tree->journal, JOURNAL_LIMIT, &text, err) < 0)
		return -1;
	text_list_split(&paths, buffer_text(&text), "\n");
	return restore_all(tree, &paths, err);
}

static bool has_stamp(const char *path, const char *stamp)
{
	auto_buffer struct buffer text = BUFFER_INIT;
	struct error ignored;

	return file_read(path, 4096, &text, &ignored) == 0 && !strcmp(buffer_text(&text), stamp);
}

/* The stamp is written last: a copy that was cut short has none. */
static int make_copy(struct tree *tree, const char *stamp_path, const char *stamp,
		     const struct progress *progress, struct error *err)
{
	if (unlink(stamp_path) < 0 && errno != ENOENT)
		return error_errno(err, "cannot remove %s", stamp_path);
	if (directory_remove(tree->path, err) < 0)
		return -1;
	if (unlink(tree->journal) < 0 && errno != ENOENT)
		return error_errno(err, "cannot remove %s", tree->journal);
	progress_step(progress, 0, 0, "linking the source tree");
	if (link_copy(tree->source, tree->path, progress, err) < 0) {
		struct error ignored;

		directory_remove(tree->path, &ignored);
		return error_context(err, "cannot copy the source tree");
	}
	return file_write(stamp_path, stamp, strlen(stamp), 0666, true, err);
}

static int make_ready(struct tree *tree, const char *stamp, const struct progress *progress,
		      struct error *err)
{
	auto_free char *stamp_path = xasprintf("%s.stamp", tree->path);

	if (has_stamp(stamp_path, stamp) && replay_journal(tree, err) == 0)
		return 0;
	return make_copy(tree, stamp_path, stamp, progress, err);
}

/* The first tree of the pool that nobody holds. */
static int lock_one(const char *pool, struct tree *tree, struct error *err)
{
	for (unsigned number = 1; number <= POOL_LIMIT; number++) {
		auto_free char *lock = xasprintf("%s/%u.lock", pool, number);

		if (file_lock(lock, false, &tree->lock, err) == 0) {
			tree->path = xasprintf("%s/%u", pool, number);
			tree->journal = xasprintf("%s/%u.journal", pool, number);
			return 0;
		}
		if (err->code != ERROR_TEMPORARY)
			return -1;
	}
	return error_set(err, ERROR_TEMPORARY,
			 "all %d source trees in %s are in use; wait for other builds to end",
			 POOL_LIMIT, pool);
}

int tree_take(const char *pool, const char *source, const char *stamp,
	      const struct progress *progress, struct tree **ret_tree, struct error *err)
{
	auto_tree struct tree *tree = xcalloc(1, sizeof(*tree));

	tree->lock = -1;
	tree->source = xstrdup(source);
	if (directory_make(pool, err) < 0)
		return -1;

	auto_free char *real_pool = realpath(pool, NULL);

	if (!real_pool)
		return error_errno(err, "cannot find %s", pool);
	if (lock_one(real_pool, tree, err) < 0 || make_ready(tree, stamp, progress, err) < 0)
		return -1;
	*ret_tree = steal_ptr(tree);
	return 0;
}

int tree_begin(struct tree *tree, const struct text_list *paths, struct error *err)
{
	auto_buffer struct buffer text = BUFFER_INIT;

	for (size_t i = 0; i < paths->count; i++)
		buffer_printf(&text, "%s\n", paths->items[i]);
	if (file_write(tree->journal, text.data, text.size, 0666, true, err) < 0)
		return error_context(err, "cannot note what is going to be changed");
	for (size_t i = 0; i < paths->count; i++)
		text_list_add(&tree->changed, paths->items[i]);
	return 0;
}

static int make_parents(const char *path, struct error *err)
{
	auto_free char *folder = xstrdup(path);

	*strrchr(folder, '/') = 0;
	return directory_make(folder, err);
}

int tree_write(struct tree *tree, const char *path, const void *data, size_t size,
	       struct error *err)
{
	auto_free char *full = path_join(tree->path, path);

	/* file_write() renames a new file over the link: the source's file stays as it is. */
	return make_parents(full, err) < 0 ? -1 : file_write(full, data, size, 0644, false, err);
}

int tree_remove(struct tree *tree, const char *path, struct error *err)
{
	auto_free char *full = path_join(tree->path, path);

	if (unlink(full) < 0 && errno != ENOENT)
		return error_errno(err, "cannot remove %s", full);
	return 0;
}

void tree_free(struct tree *tree)
{
	struct error ignored;

	if (!tree)
		return;
	/* If this fails the journal stays, and the next user puts the tree right. */
	if (tree->changed.count)
		restore_all(tree, &tree->changed, &ignored);
	text_list_clear(&tree->changed);
	if (tree->lock >= 0)
		close(tree->lock);
	free(tree->path);
	free(tree->source);
	free(tree->journal);
	free(tree);
}
