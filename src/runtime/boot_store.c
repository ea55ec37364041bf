// SPDX-License-Identifier: GPL-2.0-or-later
/* What is kept below the folder: reading, enabling, disabling. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/memory.h"
#include "runtime/boot.h"
#include "runtime/boot_record.h"
#include "runtime/machine.h"
#include "runtime/modinfo.h"

#define RECORD_LIMIT ((size_t)64 << 10)

static const struct {
	const char *slug, *text;
} states[] = {
#define X(state, slug, text) [state] = { slug, text },
	BOOT_STATES(X)
#undef X
};

const char *boot_state_slug(enum boot_state state)
{
	return states[state].slug;
}

const char *boot_state_text(enum boot_state state)
{
	return states[state].text;
}

void boot_entry_clear(struct boot_entry *entry)
{
	free(entry->build_id);
	free(entry->name);
	free(entry->digest);
	free(entry->release);
	attempt_clear(&entry->attempt);
	free(entry->reason);
	*entry = (struct boot_entry){ 0 };
}

void boot_list_clear(struct boot_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		boot_entry_clear(&list->items[i]);
	free(list->items);
	*list = (struct boot_list){ 0 };
}

static void write_entry(const struct boot_entry *entry, json_value *into)
{
	json_set_text(into, "name", entry->name);
	json_set_text(into, "kernel_build_id", entry->build_id);
	json_set_text(into, "digest", entry->digest);
	json_set_text(into, "release", entry->release);
	json_set_int(into, "sequence", entry->sequence);
	json_set_text(into, "state", boot_state_slug(entry->state));
	attempt_report(&entry->attempt, into);
	json_set_int(into, "time", entry->time);
	json_set_text(into, "reason", entry->reason);
}

void boot_list_write(const struct boot_list *list, json_value *array)
{
	for (size_t i = 0; i < list->count; i++)
		write_entry(&list->items[i], json_add_object(array));
}

int boot_record_write(const char *folder, struct boot_entry *entry, struct error *err)
{
	auto_free char *path = xasprintf("%s/%s/%s.json", folder, entry->build_id, entry->name);
	auto_json json_value *value = json_new_object();
	auto_buffer struct buffer text = BUFFER_INIT;

	entry->time = time(NULL);
	write_entry(entry, value);
	json_write(value, &text);
	return file_write(path, text.data, text.size, 0644, true, err);
}

static char *copy_text(const json_value *object, const char *key)
{
	const char *text = json_get_text(object, key, NULL);

	return text ? xstrdup(text) : NULL;
}

static int parse_state(const json_value *value, enum boot_state *ret_state, struct error *err)
{
	const char *slug = json_get_text(value, "state", "");

	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		if (!strcmp(states[i].slug, slug)) {
			*ret_state = (enum boot_state)i;
			return 0;
		}
	return error_set(err, ERROR_INVALID, "unknown state '%.40s'", slug);
}

static int parse_record(const json_value *value, const char *build_id, const char *name,
			struct boot_entry *entry, struct error *err)
{
	const char *digest = json_get_text(value, "digest", "");

	if (strcmp(json_get_text(value, "name", ""), name) != 0 ||
	    strcmp(json_get_text(value, "kernel_build_id", ""), build_id) != 0)
		return error_set(err, ERROR_INVALID, "it is about another module or kernel");
	if (strlen(digest) != DIGEST_HEX_SIZE - 1)
		return error_set(err, ERROR_INVALID, "it has no digest");
	if (parse_state(value, &entry->state, err) < 0)
		return -1;
	entry->build_id = xstrdup(build_id);
	entry->name = xstrdup(name);
	entry->digest = xstrdup(digest);
	entry->release = copy_text(value, "release");
	entry->sequence = json_get_int(value, "sequence", 0);
	attempt_parse(value, &entry->attempt);
	/* The records of older versions do not say so otherwise. */
	entry->attempt.was_committed |= entry->state == BOOT_COMMITTED;
	entry->time = json_get_int(value, "time", 0);
	entry->reason = copy_text(value, "reason");
	return 0;
}

static int read_kernel(const char *folder, const char *build_id, struct boot_list *list,
		       struct error *err)
{
	auto_free char *kernel = path_join(folder, build_id);
	auto_text_list struct text_list names = { 0 };

	if (directory_list(kernel, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++) {
		auto_free char *path = path_join(kernel, names.items[i]);
		auto_json json_value *value = NULL;

		if (!has_suffix(names.items[i], ".json"))
			continue;

		auto_free char *name = xstrndup(names.items[i], strlen(names.items[i]) - 5);

		ARRAY_GROW(list->items, list->capacity, list->count + 1);
		list->items[list->count] = (struct boot_entry){ 0 };
		if (json_read(path, RECORD_LIMIT, &value, err) < 0)
			return -1;
		if (parse_record(value, build_id, name, &list->items[list->count], err) < 0)
			return error_context(err, "the record %s makes no sense", path);
		list->count++;
	}
	return 0;
}

static int compare_entries(const void *a, const void *b)
{
	const struct boot_entry *first = a, *second = b;
	int order = strcmp(first->build_id, second->build_id);

	return order ? order : (first->sequence > second->sequence) -
			       (first->sequence < second->sequence);
}

int boot_read(const char *folder, struct boot_list *ret_list, struct error *err)
{
	auto_boot_list struct boot_list list = { 0 };
	auto_text_list struct text_list kernels = { 0 };

	if (is_directory(folder) && directory_list(folder, &kernels, err) < 0)
		return -1;
	for (size_t i = 0; i < kernels.count; i++) {
		auto_free char *path = path_join(folder, kernels.items[i]);

		if (is_directory(path) && read_kernel(folder, kernels.items[i], &list, err) < 0)
			return -1;
	}
	if (list.count)
		qsort(list.items, list.count, sizeof(*list.items), compare_entries);
	*ret_list = list;
	list = (struct boot_list){ 0 };
	return 0;
}

/* Which kernel a module is for: its own word, or for a foreign one the running kernel if the
 * release fits. */
static int find_build_id(const struct sysroot *root, const struct modinfo *info,
			 char **ret_build_id, struct error *err)
{
	const char *wanted = modinfo_get(info, "suture.kernel_build_id");
	const char *vermagic = modinfo_get(info, "vermagic");
	auto_machine struct machine machine = { 0 };

	if (wanted && strspn(wanted, "0123456789abcdef") == strlen(wanted) && *wanted) {
		*ret_build_id = xstrdup(wanted);
		return 0;
	}
	machine_read(root, &machine);
	if (!vermagic || !machine.kernel.release || !machine.kernel.build_id ||
	    !has_prefix(vermagic, machine.kernel.release) ||
	    vermagic[strlen(machine.kernel.release)] != ' ')
		return error_set(err, ERROR_UNSUPPORTED,
				 "%s does not name the build-id of its kernel, and was not built for "
				 "the running one (%s)", info->name,
				 machine.kernel.release ? machine.kernel.release : "unknown");
	*ret_build_id = steal_ptr(machine.kernel.build_id);
	return 0;
}

static int read_module(const char *path, struct buffer *bytes, struct modinfo *info,
		       struct error *err)
{
	if (file_read(path, MODINFO_FILE_LIMIT, bytes, err) < 0)
		return -1;
	if (modinfo_parse(bytes->data, bytes->size, info, err) < 0)
		return error_context(err, "%s", path);
	if (!modinfo_is_livepatch(info))
		return error_set(err, ERROR_INVALID, "%s is no livepatch", path);
	return 0;
}

static int64_t next_sequence(const char *folder)
{
	auto_boot_list struct boot_list list = { 0 };
	struct error dropped;
	int64_t last = 0;

	if (boot_read(folder, &list, &dropped) < 0)
		return time(NULL);
	for (size_t i = 0; i < list.count; i++)
		if (list.items[i].sequence > last)
			last = list.items[i].sequence;
	return last + 1;
}

/* Whatever the umask is, only root may write there. */
static int make_folders(const char *folder, const char *kernel, struct error *err)
{
	if (directory_make(kernel, err) < 0)
		return -1;
	if (chmod(folder, 0755) < 0 || chmod(kernel, 0755) < 0)
		return error_errno(err, "cannot set the mode of %s", kernel);
	return 0;
}

int boot_enable(const struct sysroot *root, const char *folder, const char *path,
		char **ret_build_id, struct error *err)
{
	auto_buffer struct buffer bytes = BUFFER_INIT;
	auto_modinfo struct modinfo info = { 0 };
	auto_free char *build_id = NULL;
	char digest[DIGEST_HEX_SIZE];

	if (read_module(path, &bytes, &info, err) < 0 ||
	    find_build_id(root, &info, &build_id, err) < 0)
		return -1;

	const char *vermagic = modinfo_get(&info, "vermagic");
	auto_free char *kernel = path_join(folder, build_id);
	auto_free char *module = xasprintf("%s/%s.ko", kernel, info.name);
	auto_free char *release =
		vermagic ? xstrndup(vermagic, strcspn(vermagic, " ")) : NULL;

	digest_bytes(bytes.data, bytes.size, digest);

	struct boot_entry entry = {
		.build_id = build_id, .name = info.name, .digest = digest, .release = release,
		.sequence = next_sequence(folder), .state = BOOT_WAITING,
	};

	/* The module first: a record without its module would be an error at boot. */
	if (make_folders(folder, kernel, err) < 0 ||
	    file_write(module, bytes.data, bytes.size, 0644, true, err) < 0 ||
	    boot_record_write(folder, &entry, err) < 0)
		return -1;
	*ret_build_id = steal_ptr(build_id);
	return 0;
}

int boot_disable(const char *folder, const char *name, const char *build_id, struct error *err)
{
	auto_boot_list struct boot_list list = { 0 };
	size_t count = 0;

	if (boot_read(folder, &list, err) < 0)
		return -1;
	for (size_t i = 0; i < list.count; i++) {
		const struct boot_entry *entry = &list.items[i];
		auto_free char *kernel = path_join(folder, entry->build_id);
		auto_free char *record = xasprintf("%s/%s.json", kernel, entry->name);
		auto_free char *module = xasprintf("%s/%s.ko", kernel, entry->name);

		if (strcmp(entry->name, name) != 0 ||
		    (build_id && strcmp(entry->build_id, build_id) != 0))
			continue;
		if (unlink(record) < 0)
			return error_errno(err, "cannot remove %s", record);
		unlink(module);
		rmdir(kernel); /* if it was the last */
		count++;
	}
	if (!count)
		return error_set(err, ERROR_NOT_FOUND,
				 "%s is not enabled at boot; 'suture boot list' shows what is", name);
	return 0;
}
