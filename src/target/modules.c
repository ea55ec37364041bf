// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/modules.h"

#include <errno.h>
#include <fts.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "target/decompress.h"

#define FILE_LIMIT ((size_t)128 << 20)
#define MODULE_LIMIT ((size_t)512 << 20)

/* "dm-mod.ko.xz" is the module dm_mod; NULL if the file is no module. Caller frees. */
static char *module_name_of(const char *file)
{
	static const char *const suffixes[] = { ".ko", ".ko.xz", ".ko.zst", ".ko.gz" };

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		if (!has_suffix(file, suffixes[i]))
			continue;

		char *name = xstrndup(file, strlen(file) - strlen(suffixes[i]));

		for (char *c = name; *c; c++)
			if (*c == '-')
				*c = '_';
		return name;
	}
	return NULL;
}

static bool is_module(const char *file, const char *wanted)
{
	auto_free char *name = module_name_of(file);

	return name && !strcmp(name, wanted);
}

/* *ret_path stays NULL if there is none. */
static int walk(FTS *tree, const char *wanted, char **ret_path, struct error *err)
{
	auto_free char *found = NULL;

	errno = 0;
	for (FTSENT *entry; (entry = fts_read(tree)); errno = 0) {
		if (interrupt_check(err) < 0)
			return -1;
		if (entry->fts_info == FTS_ERR || entry->fts_info == FTS_DNR ||
		    entry->fts_info == FTS_NS) {
			errno = entry->fts_errno;
			return error_errno(err, "cannot read %s", entry->fts_path);
		}
		if (entry->fts_info != FTS_F || !is_module(entry->fts_name, wanted))
			continue;
		if (found)
			return error_set(err, ERROR_INVALID,
					 "the module %s is there twice: %s and %s", wanted, found,
					 entry->fts_path);
		found = xstrdup(entry->fts_path);
	}
	if (errno)
		return error_errno(err, "cannot read the folder of modules");
	*ret_path = steal_ptr(found);
	return 0;
}

static int find_below(const char *root, const char *name, char **ret_path, struct error *err)
{
	auto_free char *folder = xstrdup(root);
	auto_free char *file = xasprintf("%s.ko", name);
	auto_free char *wanted = module_name_of(file);
	char *const roots[] = { folder, NULL };
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);

	if (!tree)
		return error_errno(err, "cannot read the folder of modules %s", folder);

	int result = walk(tree, wanted, ret_path, err);

	fts_close(tree);
	return result < 0 ? error_context(err, "cannot find the module %s", name) : 0;
}

int module_find(const struct kernel *kernel, const char *name, char **ret_path, struct error *err)
{
	const char *folder = kernel->modules ? kernel->modules : "";
	auto_free char *path = NULL;

	if (find_below(folder, name, &path, err) < 0)
		return -1;
	if (!path && kernel->beside && find_below(kernel->beside, name, &path, err) < 0)
		return -1;
	if (!path)
		return error_set(err, ERROR_NOT_FOUND,
				 "the kernel %s has no module %s (searched %s)",
				 kernel->id.release ? kernel->id.release : "", name, folder);
	*ret_path = steal_ptr(path);
	return 0;
}

/* scripts/sign-file.c, include/linux/module_signature.h: the signature, then this, then the mark. */
#define SIGNATURE_MARK "~Module signature appended~\n"
struct signature_end {
	uint8_t algo, hash, id_type, signer_len, key_id_len, pad[3];
	uint8_t sig_len[4]; /* big-endian */
};

static int cut_signature(struct buffer *module, struct error *err)
{
	const size_t mark = strlen(SIGNATURE_MARK);
	struct signature_end end;

	if (module->size < mark ||
	    memcmp(module->data + module->size - mark, SIGNATURE_MARK, mark))
		return 0;

	size_t left = module->size - mark;

	if (left < sizeof(end))
		return error_set(err, ERROR_INVALID, "its signature is cut off");
	left -= sizeof(end);
	memcpy(&end, module->data + left, sizeof(end));

	size_t size = (size_t)end.sig_len[0] << 24 | (size_t)end.sig_len[1] << 16 |
		      (size_t)end.sig_len[2] << 8 | end.sig_len[3];

	size += (size_t)end.signer_len + end.key_id_len;
	if (size > left)
		return error_set(err, ERROR_INVALID, "its signature is longer than the file");
	module->size = left - size;
	module->data[module->size] = 0;
	return 0;
}

static int unpack(const struct buffer *file, struct buffer *into, struct error *err)
{
	size_t used = file->size;

	if (packing_of(file->data, file->size) == PACKING_NONE)
		buffer_add(into, file->data, file->size);
	else if (decompress(file->data, file->size, MODULE_LIMIT, into, &used, err) < 0)
		return -1;
	if (used != file->size)
		return error_set(err, ERROR_INVALID, "%zu bytes too many behind the packed data",
				 file->size - used);
	return 0;
}

int module_read(const char *path, struct buffer *into, struct error *err)
{
	auto_buffer struct buffer file = BUFFER_INIT;
	auto_buffer struct buffer module = BUFFER_INIT;

	if (file_read(path, FILE_LIMIT, &file, err) < 0)
		return error_context(err, "cannot read the module");
	if (unpack(&file, &module, err) < 0 || cut_signature(&module, err) < 0)
		return error_context(err, "cannot read the module %s", path);
	if (module.size < 4 || memcmp(module.data, "\177ELF", 4))
		return error_set(err, ERROR_INVALID, "%s is no kernel module: not an ELF file", path);
	buffer_add(into, module.data, module.size);
	return 0;
}
