// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/transcript.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "lab/guest.h"

/*
 * Lines by which the kernel says that something is wrong, as they begin after the time stamp; those
 * with `anywhere` may have a prefix of their own. Sources: lib/bug.c, kernel/panic.c,
 * arch/x86/kernel/dumpstack.c and traps.c, kernel/locking/lockdep.c, kernel/rcu/tree_stall.h,
 * kernel/watchdog.c, kernel/hung_task.c, lib/ubsan.c, mm/kasan/report.c, lib/refcount.c.
 */
static const struct {
	const char *text;
	bool anywhere;
	enum trouble_kind kind;
} trouble_texts[] = {
	{ "WARNING: possible ", false, TROUBLE_LOCKING },
	{ "WARNING: suspicious RCU usage", false, TROUBLE_LOCKING },
	{ "WARNING: bad unlock balance", false, TROUBLE_LOCKING },
	{ "WARNING: inconsistent lock state", false, TROUBLE_LOCKING },
	{ "WARNING: lock held when returning", false, TROUBLE_LOCKING },
	{ "DEBUG_LOCKS_WARN_ON(", false, TROUBLE_LOCKING },
	{ "WARNING: ", false, TROUBLE_WARNING },
	{ "refcount_t: ", false, TROUBLE_MEMORY },
	{ "BUG: KASAN", false, TROUBLE_MEMORY },
	{ "BUG: KFENCE", false, TROUBLE_MEMORY },
	{ "UBSAN: ", false, TROUBLE_MEMORY },
	{ "list_add corruption", false, TROUBLE_MEMORY },
	{ "list_del corruption", false, TROUBLE_MEMORY },
	{ "watchdog: BUG: ", false, TROUBLE_STALL },
	{ "BUG: soft lockup", false, TROUBLE_STALL },
	{ "NMI watchdog: Watchdog detected", false, TROUBLE_STALL },
	{ "rcu: INFO: ", false, TROUBLE_STALL },
	{ "rcu_preempt kthread starved", true, TROUBLE_STALL },
	{ "rcu_sched kthread starved", true, TROUBLE_STALL },
	{ "INFO: rcu_", false, TROUBLE_STALL },
	{ "INFO: task ", false, TROUBLE_STALL },
	{ "BUG: ", false, TROUBLE_BUG },
	{ "kernel BUG at ", false, TROUBLE_BUG },
	{ "Oops: ", false, TROUBLE_BUG },
	{ "invalid opcode: ", false, TROUBLE_BUG },
	{ "general protection fault", false, TROUBLE_BUG },
	{ "stack segment: ", false, TROUBLE_BUG },
	{ "divide error: ", false, TROUBLE_BUG },
	{ "int3: ", false, TROUBLE_BUG },
	{ "traps: Missing ENDBR", false, TROUBLE_BUG },
	{ "Missing ENDBR", false, TROUBLE_BUG },
	{ "PANIC: double fault", false, TROUBLE_BUG },
	{ "Kernel panic - not syncing", false, TROUBLE_BUG },
};

bool is_trouble(const char *line, enum trouble_kind *ret_kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(trouble_texts); i++) {
		const char *text = trouble_texts[i].text;

		if (trouble_texts[i].anywhere ? strstr(line, text) != NULL : has_prefix(line, text)) {
			*ret_kind = trouble_texts[i].kind;
			return true;
		}
	}
	return false;
}

const char *trouble_kind_name(enum trouble_kind kind)
{
	static const char *const names[] = { "warning", "bug", "locking", "stall", "memory" };

	return names[kind];
}

void transcript_clear(struct transcript *transcript)
{
	for (size_t i = 0; i < transcript->step_count; i++) {
		buffer_clear(&transcript->steps[i].output);
		text_list_clear(&transcript->steps[i].kernel_log);
	}
	free(transcript->steps);
	for (size_t i = 0; i < transcript->trouble_count; i++)
		free(transcript->troubles[i].line);
	free(transcript->troubles);
	text_list_clear(&transcript->kernel_log);
	*transcript = (struct transcript){ 0 };
}

/* Serial garbage must not end a text early or make it unreadable. */
static char *clean_copy(const char *data, size_t size)
{
	char *text = xstrndup("", 0);

	text = xrealloc(text, size + 1, 1);
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)data[i];

		text[i] = (char)(c == 0 || (c < 0x20 && !strchr("\t\n\r", c)) ? '?' : c);
	}
	text[size] = 0;
	return text;
}

/* The report. Between "begin" and "end" of a step everything is the step's output. */
struct report_reader {
	struct transcript *transcript;
	const char *mark;
	size_t step; /* the one that runs; SIZE_MAX: none */
	double begun;
};

static void read_mark(struct report_reader *reader, const char *words)
{
	struct transcript *transcript = reader->transcript;
	unsigned long step;
	double time;
	int status;

	if (sscanf(words, "boot %lf", &time) == 1) {
		transcript->boot_seconds = time;
	} else if (sscanf(words, "begin %lu %lf", &step, &time) == 2 &&
		   step < transcript->step_count) {
		reader->step = step;
		reader->begun = time;
		transcript->steps[step].end = STEP_CUT;
	} else if (sscanf(words, "end %lu %d %lf", &step, &status, &time) == 3 &&
		   step < transcript->step_count && step == reader->step) {
		transcript->steps[step].end = STEP_DONE;
		transcript->steps[step].status = status;
		transcript->steps[step].seconds = time - reader->begun;
		reader->step = SIZE_MAX;
	} else if (has_prefix(words, "done")) {
		transcript->finished = true;
	}
}

static void read_report(struct report_reader *reader, char *text)
{
	size_t mark_length = strlen(reader->mark);

	while (*text) {
		char *end = strchrnul(text, '\n');
		bool whole = *end == '\n';

		*end = 0;
		if (!strncmp(text, reader->mark, mark_length) && text[mark_length] == ' ') {
			read_mark(reader, text + mark_length + 1);
		} else if (reader->step != SIZE_MAX) {
			struct buffer *output = &reader->transcript->steps[reader->step].output;

			buffer_add_text(output, text);
			if (whole)
				buffer_add_char(output, '\n');
		}
		text = end + whole;
	}
}

/* /init starts each mark on a line of its own: the newline before it is not the step's. */
static void drop_last_newline(struct step_record *step)
{
	struct buffer *output = &step->output;

	if (step->end == STEP_DONE && output->size && output->data[output->size - 1] == '\n')
		output->data[--output->size] = 0;
}

/* "[    1.234567] text", with the caller where CONFIG_PRINTK_CALLER is on: "[  1.2][    T1] text" */
static const char *cut_time_stamp(const char *line)
{
	for (;;) {
		const char *end = line[0] == '[' ? strchr(line, ']') : NULL;

		if (!end || line + 1 + strspn(line + 1, " .0123456789TC") != end)
			return line + (*line == ' ');
		line = end + 1;
	}
}

/* The log's own time of the line, 0 if it has none. */
static double time_stamp(const char *line)
{
	return line[0] == '[' ? strtod(line + 1, NULL) : 0;
}

/* kernel/livepatch/transition.c: "livepatch: 'x': starting patching transition", "... complete" */
struct transition_clock {
	double begun;
	bool is_running;
};

static void note_transition(struct transcript *transcript, struct transition_clock *clock,
			    const char *line, double time)
{
	if (!has_prefix(line, "livepatch: '") || transcript->transition_seconds > 0)
		return;
	if (has_suffix(line, "': starting patching transition"))
		*clock = (struct transition_clock){ .begun = time, .is_running = true };
	else if (has_suffix(line, "': patching complete") && clock->is_running)
		transcript->transition_seconds = time - clock->begun;
}

static void note_trouble(struct transcript *transcript, const char *line, size_t step)
{
	enum trouble_kind kind;

	if (!is_trouble(line, &kind))
		return;
	ARRAY_GROW(transcript->troubles, transcript->trouble_capacity,
		   transcript->trouble_count + 1);
	transcript->troubles[transcript->trouble_count++] =
		(struct trouble){ .kind = kind, .step = step, .line = xstrdup(line) };
}

static size_t read_kernel_mark(const struct transcript *transcript, const char *words,
			       size_t step_now)
{
	unsigned long step;

	if (sscanf(words, "begin %lu", &step) == 1 && step < transcript->step_count)
		return step;
	return has_prefix(words, "end ") ? SIZE_MAX : step_now;
}

static void read_console(struct transcript *transcript, char *text, const char *mark)
{
	auto_text_list struct text_list lines = { 0 };
	struct transition_clock clock = { 0 };
	size_t step = SIZE_MAX, mark_length = strlen(mark);

	text_list_split(&lines, text, "\r\n");
	for (size_t i = 0; i < lines.count; i++) {
		const char *line = cut_time_stamp(lines.items[i]);

		if (!strncmp(line, mark, mark_length) && line[mark_length] == ' ') {
			step = read_kernel_mark(transcript, line + mark_length + 1, step);
			continue;
		}
		text_list_add(&transcript->kernel_log, line);
		if (step != SIZE_MAX)
			text_list_add(&transcript->steps[step].kernel_log, line);
		note_trouble(transcript, line, step);
		note_transition(transcript, &clock, line, time_stamp(lines.items[i]));
	}
}

void transcript_parse(const struct buffer *report, const struct buffer *console, const char *mark,
		      size_t step_count, struct transcript *ret_transcript)
{
	struct transcript transcript = { .step_count = step_count };
	auto_free char *report_text = clean_copy((const char *)report->data, report->size);
	auto_free char *console_text = clean_copy((const char *)console->data, console->size);
	struct report_reader reader = { .transcript = &transcript, .mark = mark,
					.step = SIZE_MAX };

	transcript.steps = xcalloc(step_count ? step_count : 1, sizeof(*transcript.steps));
	read_report(&reader, report_text);
	for (size_t i = 0; i < step_count; i++)
		drop_last_newline(&transcript.steps[i]);
	read_console(&transcript, console_text, mark);
	*ret_transcript = transcript;
}
