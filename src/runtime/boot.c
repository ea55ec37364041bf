// SPDX-License-Identifier: GPL-2.0-or-later
/* What happens at a boot and after it. */
#include "runtime/boot.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/memory.h"
#include "runtime/boot_record.h"
#include "runtime/livepatch.h"
#include "runtime/load.h"
#include "runtime/machine.h"
#include "runtime/modinfo.h"
#include "runtime/taint.h"

struct session {
	const struct sysroot *root;
	const char *folder;
	unsigned wait_seconds;
	const struct progress *progress;
	struct machine machine;
	struct boot_list list;
};

/* What root loads at boot may come from root only. */
static int check_owner(const char *path, struct error *err)
{
	struct stat info;

	if (stat(path, &info) < 0)
		return errno == ENOENT ? 0 : error_errno(err, "cannot look at %s", path);
	if (info.st_uid == 0 && !(info.st_mode & (S_IWGRP | S_IWOTH)))
		return 0;
	return error_set(err, ERROR_VERIFY,
			 "%s may be written to by others than root: nothing in it is loaded; make it "
			 "root's (chown root, chmod go-w) after looking at what is there", path);
}

static int session_start(struct session *s, struct error *err)
{
	machine_read(s->root, &s->machine);
	if (!s->machine.kernel.build_id)
		return error_set(err, ERROR_UNSUPPORTED,
				 "this kernel does not tell its build-id (/sys/kernel/notes)");
	if (!s->machine.boot_id)
		return error_set(err, ERROR_FAILED,
				 "this boot has no id (/proc/sys/kernel/random/boot_id): is /proc "
				 "mounted?");
	return boot_read(s->folder, &s->list, err);
}

static void session_clear(struct session *s)
{
	machine_clear(&s->machine);
	boot_list_clear(&s->list);
}
#define auto_session __attribute__((cleanup(session_clear)))

static bool is_for_this_kernel(const struct session *s, const struct boot_entry *entry)
{
	return !strcmp(entry->build_id, s->machine.kernel.build_id);
}

static bool is_of_this_boot(const struct session *s, const struct boot_entry *entry)
{
	return attempt_is_of(&entry->attempt, s->machine.boot_id);
}

static int set_state(const struct session *s, struct boot_entry *entry, enum boot_state state,
		     const char *reason, struct error *err)
{
	free(entry->reason);
	entry->reason = reason ? xstrdup(reason) : NULL;
	entry->state = state;
	return boot_record_write(s->folder, entry, err);
}

/* suture.mode= on the kernel's command line: a word that nobody knows counts as stop. */
static int check_mode(const struct session *s, struct error *err)
{
	auto_free char *line = sysroot_text(s->root, "/proc/cmdline");
	auto_text_list struct text_list words = { 0 };

	if (line)
		text_list_split(&words, line, " \n");
	for (size_t i = 0; i < words.count; i++)
		if (has_prefix(words.items[i], "suture.mode=") &&
		    strcmp(words.items[i], "suture.mode=normal") != 0 &&
		    strcmp(words.items[i], "suture.mode=no-refresh") != 0)
			return error_set(err, ERROR_POLICY,
					 "%s on the kernel's command line: nothing is applied",
					 words.items[i]);
	return 0;
}

/* An attempt that another boot began and never closed: that boot had an unclean end. */
static int judge_entry(const struct session *s, struct boot_entry *entry, struct error *err)
{
	const char *against;

	if ((entry->state != BOOT_LOADING && entry->state != BOOT_PROBATION) ||
	    is_of_this_boot(s, entry))
		return 0;
	against = attempt_end_uncleanly(&entry->attempt, entry->state == BOOT_PROBATION);
	return set_state(s, entry, against ? BOOT_CRASHED : BOOT_WAITING, against, err);
}

/* The module's bytes, verified: what is loaded is what was enabled. */
static int read_kept(const struct boot_entry *entry, const char *path, struct buffer *bytes,
		     struct error *err)
{
	char digest[DIGEST_HEX_SIZE];

	if (file_read(path, MODINFO_FILE_LIMIT, bytes, err) < 0)
		return -1;
	digest_bytes(bytes->data, bytes->size, digest);
	if (strcmp(digest, entry->digest) != 0)
		return error_set(err, ERROR_VERIFY,
				 "%s is not the file that was enabled (SHA-256 differs)", path);
	return 0;
}

static int load_entry(const struct session *s, struct boot_entry *entry, struct error *err)
{
	auto_free char *path = xasprintf("%s/%s/%s.ko", s->folder, entry->build_id, entry->name);
	auto_free char *folder = xstrdup(path);
	auto_load_result struct load_result result = { 0 };
	auto_buffer struct buffer bytes = BUFFER_INIT;
	struct error why;

	*strrchr(folder, '/') = 0;
	if (check_owner(s->folder, err) < 0 || check_owner(folder, err) < 0 ||
	    check_owner(path, err) < 0 || read_kept(entry, path, &bytes, err) < 0)
		return -1;
	attempt_begin(&entry->attempt, s->machine.boot_id, s->machine.taint);
	if (set_state(s, entry, BOOT_LOADING, NULL, err) < 0)
		return -1;
	if (livepatch_load_bytes(s->root, path, bytes.data, bytes.size, s->wait_seconds,
				 s->progress, &result, err) == 0)
		return set_state(s, entry, BOOT_PROBATION, attempt_caution(&entry->attempt), err);
	why = *err;
	set_state(s, entry, BOOT_FAILED, why.msg, err);
	*err = why;
	return -1;
}

static void apply_entry(const struct session *s, struct boot_entry *entry,
			struct boot_result *result)
{
	struct error err;

	if (livepatch_is_present(s->root, entry->name)) {
		result->there++;
		return;
	}
	if (judge_entry(s, entry, &err) < 0)
		progress_say(s->progress, "%s: %s", entry->name, err.msg);
	if (entry->state == BOOT_CRASHED) {
		progress_say(s->progress, "%s: not applied: the machine went down with it; 'suture "
			     "boot enable' with its file tries again", entry->name);
		result->crashed++;
	} else if (load_entry(s, entry, &err) < 0) {
		progress_say(s->progress, "%s: not applied: %s", entry->name, err.msg);
		result->failed++;
	} else {
		result->applied++;
	}
}

int boot_apply(const struct sysroot *root, const char *folder, unsigned wait_seconds,
	       const struct progress *progress, struct boot_result *ret_result, struct error *err)
{
	auto_session struct session s = { .root = root, .folder = folder,
					  .wait_seconds = wait_seconds, .progress = progress };
	struct boot_result result = { 0 };
	size_t count = 0;

	if (session_start(&s, err) < 0 || check_mode(&s, err) < 0)
		return -1;
	for (size_t i = 0; i < s.list.count; i++)
		if (is_for_this_kernel(&s, &s.list.items[i])) {
			apply_entry(&s, &s.list.items[i], &result);
			count++;
		}
	if (!count)
		return error_set(err, ERROR_NOTHING, "no livepatch is kept for this kernel (%s)",
				 s.machine.kernel.build_id);
	*ret_result = result;
	return 0;
}

int boot_commit(const struct sysroot *root, const char *folder, struct error *err)
{
	auto_session struct session s = { .root = root, .folder = folder };

	if (session_start(&s, err) < 0)
		return -1;
	for (size_t i = 0; i < s.list.count; i++) {
		struct boot_entry *entry = &s.list.items[i];
		uint64_t trouble = attempt_trouble(&entry->attempt, s.machine.taint);
		auto_free char *text = taint_text(trouble);

		if (entry->state != BOOT_PROBATION || !is_of_this_boot(&s, entry))
			continue;
		if (trouble)
			return error_set(err, ERROR_APPLY,
					 "%s stays on probation: the kernel has had trouble since it "
					 "was loaded (%s)", entry->name, text);
		attempt_commit(&entry->attempt);
		if (set_state(&s, entry, BOOT_COMMITTED, NULL, err) < 0)
			return -1;
	}
	return 0;
}

int boot_end(const struct sysroot *root, const char *folder, struct error *err)
{
	auto_session struct session s = { .root = root, .folder = folder };

	if (session_start(&s, err) < 0)
		return -1;
	for (size_t i = 0; i < s.list.count; i++) {
		struct boot_entry *entry = &s.list.items[i];

		if ((entry->state == BOOT_PROBATION || entry->state == BOOT_LOADING) &&
		    is_of_this_boot(&s, entry) &&
		    set_state(&s, entry, BOOT_WAITING, NULL, err) < 0)
			return -1;
	}
	return 0;
}
