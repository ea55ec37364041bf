// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/edit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "build/apply.h"
#include "build/conflict.h"

void edit_list_clear(struct edit_list *edits)
{
	for (size_t i = 0; i < edits->count; i++) {
		free(edits->items[i].path);
		buffer_clear(&edits->items[i].original);
		buffer_clear(&edits->items[i].final);
		for (size_t k = 0; k < edits->items[i].step_count; k++) {
			free(edits->items[i].steps[k].patch);
			buffer_clear(&edits->items[i].steps[k].before);
		}
		free(edits->items[i].steps);
	}
	free(edits->items);
	*edits = (struct edit_list){ 0 };
}

struct edit *edit_find(const struct edit_list *edits, const char *path)
{
	for (size_t i = 0; i < edits->count; i++)
		if (!strcmp(edits->items[i].path, path))
			return &edits->items[i];
	return NULL;
}

bool edit_is_change(const struct edit *edit)
{
	if (edit->was_there != edit->is_there)
		return true;
	return edit->original.size != edit->final.size ||
	       (edit->final.size &&
		memcmp(edit->original.data, edit->final.data, edit->final.size));
}

/* Every folder on the way must be a real one: a link could lead out of the tree. */
static int check_parents(const char *root, const char *path, struct error *err)
{
	auto_free char *full = path_join(root, path);

	for (char *slash = full + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
		struct stat info;

		*slash = 0;

		int result = lstat(full, &info);

		*slash = '/';
		if (result < 0 && errno == ENOENT)
			return 0;
		if (result < 0)
			return error_errno(err, "cannot look at %s", full);
		if (!S_ISDIR(info.st_mode))
			return error_set(err, ERROR_INVALID,
					 "the path leads through a link or a file in the tree");
	}
	return 0;
}

static int read_original(const char *root, struct edit *edit, struct error *err)
{
	auto_free char *full = path_join(root, edit->path);
	struct stat info;

	if (check_parents(root, edit->path, err) < 0)
		return -1;
	if (lstat(full, &info) < 0)
		return errno == ENOENT ? 0 : error_errno(err, "cannot look at %s", full);
	if (!S_ISREG(info.st_mode))
		return error_set(err, ERROR_INVALID, "not a regular file in the tree");
	if (file_read(full, EDIT_TEXT_LIMIT, &edit->original, err) < 0)
		return -1;
	buffer_add(&edit->final, edit->original.data, edit->original.size);
	edit->was_there = edit->is_there = true;
	return 0;
}

static int get_edit(struct edit_list *edits, const char *root, const char *path,
		    struct edit **ret_edit, struct error *err)
{
	struct edit *edit = edit_find(edits, path);

	if (!edit) {
		ARRAY_GROW(edits->items, edits->capacity, edits->count + 1);
		edit = &edits->items[edits->count++];
		*edit = (struct edit){ .path = xstrdup(path) };
		if (read_original(root, edit, err) < 0)
			return -1;
	}
	*ret_edit = edit;
	return 0;
}

/* A rename or copy begins with the other file's text. */
static int take_source(struct edit_list *edits, const struct patch_file *file, const char *root,
		       struct error *err)
{
	struct edit *from, *to;

	if (get_edit(edits, root, file->old_path, &from, err) < 0 ||
	    get_edit(edits, root, file->path, &to, err) < 0)
		return -1;
	from = edit_find(edits, file->old_path); /* the list may have moved */
	if (!from->is_there)
		return error_set(err, ERROR_INVALID, "'%.200s' is not in the tree",
				 file->old_path);
	if (to->is_there)
		return error_set(err, ERROR_INVALID, "it is there already");
	buffer_reset(&to->final);
	buffer_add(&to->final, from->final.data, from->final.size);
	to->is_there = to->moved = true;
	if (!file->is_copy) {
		buffer_reset(&from->final);
		from->is_there = false;
		from->moved = true;
	}
	return 0;
}

static int check_presence(const struct patch_file *file, const struct edit *edit,
			  struct error *err)
{
	if (file->is_new && edit->is_there && edit->final.size)
		return error_set(err, ERROR_INVALID,
				 "the patch makes this file, but it is there already");
	if (!file->is_new && !edit->is_there)
		return error_set(err, ERROR_INVALID,
				 "no such file in the tree: the patch is for another kernel, or its "
				 "paths lack the first folder, which is taken off (a/ and b/, as "
				 "git diff writes them)");
	return 0;
}

/* Takes the text over. */
static void add_step(struct edit *edit, const struct edit_options *options)
{
	ARRAY_GROW(edit->steps, edit->step_capacity, edit->step_count + 1);
	edit->steps[edit->step_count++] = (struct edit_step){
		.patch = xstrdup(options->patch),
		.before = edit->final,
	};
	edit->final = (struct buffer)BUFFER_INIT;
}

static int apply_file(struct edit_list *edits, const struct patch_file *file,
		      const struct edit_options *options, struct text_list *notes,
		      struct error *err)
{
	auto_buffer struct buffer result = BUFFER_INIT;
	struct edit *edit;

	if (file->old_path && take_source(edits, file, options->root, err) < 0)
		return -1;
	if (get_edit(edits, options->root, file->path, &edit, err) < 0 ||
	    check_presence(file, edit, err) < 0)
		return -1;
	if (hunks_apply(file, &edit->final, options->fuzz, &result, notes, err) < 0)
		return conflict_explain(edit, file, options, err);
	if (file->is_deleted && result.size)
		return error_set(err, ERROR_INVALID,
				 "the patch deletes this file, but more is in it than the patch takes away");
	if (result.size > EDIT_TEXT_LIMIT)
		return error_set(err, ERROR_INVALID, "the patched file is larger than %zu bytes",
				 EDIT_TEXT_LIMIT);
	add_step(edit, options);
	edit->final = result;
	result = BUFFER_INIT;
	edit->is_there = !file->is_deleted;
	return 0;
}

int edit_apply(struct edit_list *edits, const struct patch *patch,
	       const struct edit_options *options, struct text_list *notes, struct error *err)
{
	for (size_t i = 0; i < patch->count; i++)
		if (apply_file(edits, &patch->files[i], options, notes, err) < 0)
			return error_context(err, "%s: %s", options->patch, patch->files[i].path);
	return 0;
}
