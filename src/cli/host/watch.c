// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <time.h>

#include "base/buffer.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/process.h"
#include "cli/host/commands.h"
#include "runtime/transition.h"
#include "runtime/watch.h"

static void print_line(const struct watch_sample *sample, const char *clock)
{
	long long rest = sample->calls - (sample->old > 0 ? sample->old : 0);
	bool any = false;

	printf("%s  %lld call%s:", clock, sample->calls, sample->calls == 1 ? "" : "s");
	if (sample->old != 0 || !sample->is_redirected) {
		if (sample->old < 0)
			printf(" the kernel's own code cannot be counted");
		else
			printf(" %lld ran the kernel's own code", sample->old);
		any = true;
	}
	for (size_t i = 0; i < sample->count; i++) {
		const struct watch_count *patch = &sample->patches[i];

		rest -= patch->hits > 0 ? patch->hits : 0;
		if (!patch->is_loaded && patch->hits <= 0)
			continue;
		if (patch->hits < 0)
			printf("%s %s cannot be counted", any ? "," : "", patch->patch);
		else
			printf("%s %lld ran %s", any ? "," : "", patch->hits, patch->patch);
		any = true;
	}
	if (rest > 0 && sample->old >= 0)
		printf(", %lld are still on their way or were answered elsewhere", rest);
	puts(sample->is_redirected ? "  (redirected)" : "");
	fflush(stdout);
}

static void print_object(const struct watch_sample *sample, const char *function)
{
	auto_json json_value *value = json_new_object();
	auto_buffer struct buffer text = BUFFER_INIT;
	json_value *patches;

	json_set_int(value, "time", (int64_t)time(NULL));
	json_set_text(value, "function", function);
	json_set_bool(value, "redirected", sample->is_redirected);
	json_set_int(value, "calls", sample->calls);
	json_set_int(value, "kernel", sample->old);
	patches = json_set_array(value, "livepatches");
	for (size_t i = 0; i < sample->count; i++) {
		json_value *item = json_add_object(patches);

		json_set_text(item, "name", sample->patches[i].patch);
		json_set_bool(item, "loaded", sample->patches[i].is_loaded);
		json_set_int(item, "calls", sample->patches[i].hits);
	}
	json_write_compact(value, &text);
	printf("%s\n", buffer_text(&text));
	fflush(stdout);
}

/* Ctrl-C is the ordinary end. */
static int follow(const struct args *args, struct watch *watch, uint64_t seconds, struct error *err)
{
	for (uint64_t i = 0; !seconds || i < seconds; i++) {
		struct watch_sample sample;
		time_t now;
		struct tm parts;
		char clock[16] = "";

		for (int k = 0; k < 10 && !was_interrupted(); k++)
			pause_milliseconds(100);
		if (watch_step(watch, &sample, err) < 0)
			return -1;
		now = time(NULL);
		if (localtime_r(&now, &parts))
			strftime(clock, sizeof(clock), "%H:%M:%S", &parts);
		if (args_has(args, "json"))
			print_object(&sample, args->words[0]);
		else
			print_line(&sample, clock);
		if (was_interrupted())
			break;
	}
	return 0;
}

int command_watch(const struct args *args, struct error *err)
{
	const char *module = args_text(args, "module");
	auto_sysroot struct sysroot root = { .fd = -1 };
	auto_machine struct machine machine = { 0 };
	auto_watch struct watch *watch = NULL;
	uint64_t seconds, position;

	if (args_number(args, "for", 0, 1, 86400, &seconds, err) < 0 ||
	    args_number(args, "position", 0, 1, 10000, &position, err) < 0 ||
	    sysroot_open(NULL, &root, err) < 0)
		return -1;
	machine_read(&root, &machine);
	if (watch_open(&root, &machine, module ? module : "vmlinux", args->words[0],
		       (unsigned)position, &watch, err) < 0)
		return -1;
	return follow(args, watch, seconds, err);
}
