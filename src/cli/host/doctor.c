// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One file with everything that somebody who helps from afar wants to see, and nothing that
 * identifies the machine: no names, no addresses, of the log only the lines about livepatching and
 * the kernel's own trouble.
 */
#include <stdio.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "cli/host/commands.h"
#include "cli/host/standing.h"
#include "runtime/boot.h"
#include "runtime/capture.h"
#include "runtime/check.h"
#include "runtime/kernel_log.h"
#include "runtime/livepatch.h"
#include "runtime/measure.h"
#include "runtime/transition.h"

#define BLOCKERS_LIMIT 100
#define LOG_LINES_LIMIT 500

static size_t add_check(const struct sysroot *root, json_value *report)
{
	auto_check_list struct check_list list = { 0 };
	size_t problems = 0;

	check_run(root, &list);
	check_list_write(&list, json_set_object(report, "check"));
	for (size_t i = 0; i < list.count; i++)
		problems += list.items[i].verdict == CHECK_PROBLEM;
	return problems;
}

/* A part that cannot be made is told as its error: the report is for machines in trouble. */
static void add_error(json_value *report, const char *key, const struct error *err)
{
	json_set_text(json_set_object(report, key), "error", err->msg);
}

static void add_blockers(const struct sysroot *root, const struct livepatch_list *patches,
			 json_value *report)
{
	auto_blocker_list struct blocker_list list = { 0 };
	struct error err;

	for (size_t i = 0; i < patches->count; i++) {
		const struct livepatch *patch = &patches->items[i];

		if (!livepatch_in_transition(patch))
			continue;
		if (transition_blockers(root, patch, patch->state == LIVEPATCH_APPLYING,
					BLOCKERS_LIMIT, &list, &err) < 0) {
			add_error(report, "blocking", &err);
			return;
		}
	}
	blocker_list_write(&list, json_set_array(report, "blocking"));
}

static void add_status(const struct sysroot *root, json_value *report)
{
	auto_status struct status status = { 0 };
	struct error err;

	if (status_measure(root, 0, NULL, &status, &err) < 0) {
		add_error(report, "status", &err);
		return;
	}
	free(status.boot_id);
	status.boot_id = NULL;
	status_write(&status, json_set_object(report, "status"));
	add_blockers(root, &status.patches, report);
}

static void add_boot(json_value *report)
{
	auto_boot_list struct boot_list list = { 0 };
	struct error err;

	if (boot_read(BOOT_FOLDER, &list, &err) < 0) {
		add_error(report, "boot", &err);
		return;
	}
	for (size_t i = 0; i < list.count; i++) {
		free(list.items[i].attempt.boot_id);
		list.items[i].attempt.boot_id = NULL;
	}
	boot_list_write(&list, json_set_array(report, "boot"));
}

/* Fetcher and agent. The machine's id and addresses stay here; what the files say of them too. */
static void add_agent(const struct sysroot *root, json_value *report)
{
	static const char *const private[] = { "machine_id", "boot_id", NULL };
	auto_records struct records records = { 0 };
	json_value *agent = json_set_object(report, "agent");

	records_read(NULL, root, &records);
	json_set_text(agent, "problem", records.problem);
	json_set_bool(agent, "enabled", config_text(&records.config, CONFIG_REPO) != NULL);
	json_set_text(agent, "mode", records.mode.name);
	last_report(&records.last, json_set_object(agent, "fetch"));
	policy_report(&records.policy, json_set_object(agent, "policy"));

	json_value *patches = json_set_array(agent, "patches");

	for (size_t i = 0; i < records.lives.count; i++) {
		json_value *patch = json_add_object(patches);

		life_report(&records.lives.items[i], patch);
		for (size_t k = 0; private[k]; k++)
			json_remove(patch, private[k]);
	}
	json_remove(json_member(agent, "fetch"), "message"); /* may hold addresses */
}

static void add_log(json_value *report)
{
	static const char *const words[] = { "livepatch", "taint", "module verification", "BUG:",
					     "WARNING:", "x86/modules:", "Unknown symbol",
					     "version magic", "Lockdown:", NULL };
	auto_text_list struct text_list lines = { 0 };
	auto_kernel_log struct kernel_log log;
	json_value *array = json_set_array(report, "kernel_log");

	kernel_log_open(&log, true);
	kernel_log_since(&log, words, &lines);
	for (size_t i = lines.count > LOG_LINES_LIMIT ? lines.count - LOG_LINES_LIMIT : 0;
	     i < lines.count; i++) {
		redact_addresses(lines.items[i]);
		json_add_text(array, lines.items[i]);
	}
}

/* Only an older report is written over. */
static int check_target(const char *path, struct error *err)
{
	auto_json json_value *old = NULL;
	struct error ignored;
	struct stat status;

	if (stat(path, &status) < 0 || !S_ISREG(status.st_mode) || status.st_size == 0)
		return 0;
	if (json_read(path, (size_t)64 << 20, &old, &ignored) == 0 && json_get(old, "suture") &&
	    json_get(old, "check"))
		return 0;
	return error_set(err, ERROR_FAILED, "%s is there already and is no report of 'suture doctor': choose "
			 "another name, or say --force", path);
}

int command_doctor(const struct args *args, struct error *err)
{
	const char *path = args->count ? args->words[0] : "suture-doctor.json";
	auto_sysroot struct sysroot root = { .fd = -1 };
	auto_json json_value *report = json_new_object();
	auto_buffer struct buffer text = BUFFER_INIT;

	if (sysroot_open(NULL, &root, err) < 0 ||
	    (!args_has(args, "force") && check_target(path, err) < 0))
		return -1;
	json_set_text(report, "suture", SUTURE_VERSION);

	size_t problems = add_check(&root, report);

	add_status(&root, report);
	add_boot(report);
	add_agent(&root, report);
	add_log(report);
	json_write(report, &text);
	if (file_write(path, text.data, text.size, 0600, false, err) < 0)
		return -1;
	printf("%s: %zu problem%s; read it before you send it\n", path, problems,
	       problems == 1 ? "" : "s");
	return 0;
}
