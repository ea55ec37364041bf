// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/memory.h"
#include "cli/author/try.h"

static const char *kind_name(enum try_kind kind)
{
	static const char *const names[] = {
		[TRY_MODULES] = "modules", [TRY_BEFORE] = "before", [TRY_LOAD] = "load",
		[TRY_AFTER] = "after", [TRY_SHELL] = "shell", [TRY_UNLOAD] = "unload", [TRY_AGAIN] = "before-again",
	};

	return names[kind];
}

static const char *result_name(const struct step_record *step)
{
	if (step->end == STEP_NOT_REACHED)
		return "not-reached";
	if (step->end == STEP_CUT)
		return "cut";
	return step->status == 0 ? "passed" : "failed";
}

static bool is_script(enum try_kind kind)
{
	return kind == TRY_BEFORE || kind == TRY_AFTER || kind == TRY_AGAIN;
}

static int trouble_error(const struct trial *trial, struct error *err)
{
	const struct transcript *transcript = &trial->transcript;
	const struct trouble *first = &transcript->troubles[0];
	const char *during = first->step < trial->step_count ?
				     kind_name(trial->kinds[first->step]) : "the time around";

	return error_set(err, ERROR_FAILED, "during '%s' the kernel said: %.200s (%s; log: %s)",
			 during, first->line, trouble_kind_name(first->kind), trial->log);
}

/* The last line that a step wrote, which usually says why it failed. */
static void last_line(const struct buffer *output, char *into, size_t size)
{
	const char *text = buffer_text(output), *end = text + strlen(text), *start;

	while (end > text && end[-1] == '\n')
		end--;
	for (start = end; start > text && start[-1] != '\n';)
		start--;
	snprintf(into, size, "%.*s", (int)(end - start), start);
}

static int step_error(const struct trial *trial, size_t index, struct error *err)
{
	const struct step_record *step = &trial->transcript.steps[index];
	enum try_kind kind = trial->kinds[index];
	enum error_code code = is_script(kind) || kind == TRY_MODULES ? ERROR_FAILED : ERROR_APPLY;
	char said[256];

	if (step->end == STEP_CUT && trial->transcript.timed_out)
		return error_set(err, ERROR_FAILED, "'%s' was not done when the time was over; "
				 "--timeout allows more (log: %s)", kind_name(kind), trial->log);
	if (step->end == STEP_CUT)
		return error_set(err, ERROR_FAILED, "the machine ended during '%s' (log: %s)",
				 kind_name(kind), trial->log);
	if (code == ERROR_APPLY && step->status == error_exit_status(ERROR_TRANSITION))
		code = ERROR_TRANSITION;
	last_line(&step->output, said, sizeof(said));
	return error_set(err, code, "'%s' failed with status %d: %s", kind_name(kind),
			 step->status, *said ? said : "(it said nothing)");
}

int trial_verdict(const struct trial *trial, struct error *err)
{
	const struct transcript *transcript = &trial->transcript;

	if (transcript->trouble_count)
		return trouble_error(trial, err);
	for (size_t i = 0; i < trial->step_count; i++) {
		const struct step_record *step = &transcript->steps[i];

		if (step->end == STEP_CUT || (step->end == STEP_DONE && step->status != 0))
			return step_error(trial, i, err);
	}
	if (!transcript->finished)
		return error_set(err, ERROR_FAILED,
				 "the machine %s before the steps were over (log: %s)",
				 transcript->timed_out ? "took too long" : "ended", trial->log);
	return 0;
}

static void print_output(const struct buffer *output)
{
	auto_text_list struct text_list lines = { 0 };

	text_list_split(&lines, buffer_text(output), "\r\n");
	for (size_t i = 0; i < lines.count; i++)
		printf("    | %s\n", lines.items[i]);
}

void trial_print(const struct trial *trial)
{
	const struct transcript *transcript = &trial->transcript;

	printf("kernel  %s\n", trial->kernel->id.release);
	if (trial->module)
		printf("module  %s\n", trial->module_name);
	printf("%8.2f s  boot\n", transcript->boot_seconds);
	for (size_t i = 0; i < trial->step_count; i++) {
		const struct step_record *step = &transcript->steps[i];

		printf("%8.2f s  %-12s %s\n", step->seconds, kind_name(trial->kinds[i]),
		       result_name(step));
		print_output(&step->output);
	}
	if (transcript->transition_seconds > 0)
		printf("%8.2f s  of these the kernel's transition to the livepatch, by its log\n",
		       transcript->transition_seconds);
	for (size_t i = 0; i < transcript->trouble_count; i++)
		printf("kernel %s: %s\n", trouble_kind_name(transcript->troubles[i].kind),
		       transcript->troubles[i].line);
	printf("log     %s\n", trial->log);
}

static int set_digest(json_value *object, const char *key, const char *path, struct error *err)
{
	char hex[DIGEST_HEX_SIZE];

	if (digest_file(path, hex, err) < 0)
		return -1;
	json_set_text(object, key, hex);
	return 0;
}

static void write_steps(const struct trial *trial, json_value *array)
{
	for (size_t i = 0; i < trial->step_count; i++) {
		const struct step_record *step = &trial->transcript.steps[i];
		json_value *object = json_add_object(array);

		json_set_text(object, "name", kind_name(trial->kinds[i]));
		json_set_text(object, "result", result_name(step));
		if (step->end == STEP_DONE) {
			json_set_int(object, "status", step->status);
			json_set_real(object, "seconds", step->seconds);
		}
		json_set_text(object, "script", trial->scripts[i]);
		json_set_text(object, "output", buffer_text(&step->output));

		json_value *lines = json_set_array(object, "kernel_log");

		for (size_t j = 0; j < step->kernel_log.count; j++)
			json_add_text(lines, step->kernel_log.items[j]);
	}
}

static void write_troubles(const struct trial *trial, json_value *array)
{
	for (size_t i = 0; i < trial->transcript.trouble_count; i++) {
		const struct trouble *trouble = &trial->transcript.troubles[i];
		json_value *object = json_add_object(array);

		json_set_text(object, "kind", trouble_kind_name(trouble->kind));
		json_set_text(object, "step", trouble->step < trial->step_count ?
			      kind_name(trial->kinds[trouble->step]) : NULL);
		json_set_text(object, "line", trouble->line);
	}
}

static int write_inputs(const struct trial *trial, json_value *value, struct error *err)
{
	kernel_id_write(&trial->kernel->id, json_set_object(value, "kernel"));
	if (trial->module) {
		json_value *module = json_set_object(value, "module");

		json_set_text(module, "name", trial->module_name);
		if (set_digest(module, "sha256", trial->module, err) < 0)
			return -1;
	}

	json_value *patches = json_set_array(value, "patches");

	for (size_t i = 0; i < trial->patches.count; i++) {
		json_value *patch = json_add_object(patches);

		json_set_text(patch, "name", path_base(trial->patches.items[i]));
		if (set_digest(patch, "sha256", trial->patches.items[i], err) < 0)
			return -1;
	}
	return 0;
}

int trial_json(const struct trial *trial, json_value **ret_value, struct error *err)
{
	const struct transcript *transcript = &trial->transcript;
	auto_json json_value *value = json_new_object();
	struct error reason = ERROR_INIT;
	bool passed = trial_verdict(trial, &reason) == 0;
	char when[32];
	time_t now = time(NULL);

	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
	json_set_text(value, "type", "suture-trial");
	json_set_int(value, "version", 1);
	json_set_text(value, "when", when);
	json_set_text(value, "suture", SUTURE_VERSION);
	if (write_inputs(trial, value, err) < 0)
		return -1;
	json_set_text(value, "verdict", passed ? "passed" : "failed");
	json_set_text(value, "reason", passed ? NULL : reason.msg);
	json_set_bool(value, "finished", transcript->finished);
	json_set_bool(value, "timed_out", transcript->timed_out);
	json_set_real(value, "seconds", transcript->seconds);
	json_set_real(value, "boot_seconds", transcript->boot_seconds);
	if (transcript->transition_seconds > 0)
		json_set_real(value, "transition_seconds", transcript->transition_seconds);
	write_steps(trial, json_set_array(value, "steps"));
	write_troubles(trial, json_set_array(value, "troubles"));
	json_set_text(value, "log", trial->log);
	if (set_digest(value, "log_sha256", trial->log, err) < 0)
		return -1;
	*ret_value = steal_ptr(value);
	return 0;
}
