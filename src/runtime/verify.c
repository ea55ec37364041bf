// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * effect_verify(): three kprobes for each redirected function, through tracefs
 * (Documentation/trace/kprobetrace.rst) in a trace instance of our own that records nothing; the
 * counts come from kprobe_profile. The entry probe counts calls; the one behind the fentry call
 * counts those that ran the old body; the one on the replacement counts those that arrived.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "runtime/effect.h"
#include "runtime/kallsyms.h"
#include "runtime/transition.h"

#define PROBES_LIMIT 256
#define GROUP "suture_verify"
#define LOCK "/run/suture-verify.lock"

struct probed {
	struct livepatch_function *function;
	const char *object, *patch;
	bool has_entry, has_body, has_new;
	long long entry, body, new; /* counted */
};

struct session {
	const struct sysroot *root;
	const char *tracefs;
	struct probed items[PROBES_LIMIT];
	size_t count;
};

/* kprobe_events takes appended lines; each is a definition or, with "-:", a removal. */
static int write_event(const struct session *s, const char *text, struct error *err)
{
	auto_free char *path = xasprintf("%s/kprobe_events", s->tracefs);
	auto_close int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	size_t size = strlen(text);

	if (fd < 0)
		return error_errno(err, "cannot open %s", path);
	if (write(fd, text, size) != (ssize_t)size)
		return error_errno(err, "cannot write '%s' to %s", text, path);
	return 0;
}

static bool add_probe(const struct session *s, char kind, size_t index, uint64_t address)
{
	auto_free char *text = xasprintf("p:" GROUP "/suture_%c%zu 0x%jx\n", kind, index,
					 (uintmax_t)address);
	struct error dropped;

	return address && write_event(s, text, &dropped) == 0;
}

static void switch_events(const struct session *s, char kind, bool on)
{
	struct error dropped;

	for (size_t i = 0; i < s->count; i++)
		sysroot_write(s->root, on ? "1" : "0", &dropped,
			      "%s/instances/" GROUP "/events/" GROUP "/suture_%c%zu/enable",
			      s->tracefs, kind, i);
}

/* Whatever is there of ours, also from a run that was killed. */
static void remove_all(const struct session *s)
{
	auto_free char *events = xasprintf("%s/kprobe_events", s->tracefs);
	auto_free char *instance = xasprintf("%s/instances/" GROUP, s->tracefs);
	auto_buffer struct buffer text = BUFFER_INIT;
	auto_text_list struct text_list lines = { 0 };
	struct error dropped;

	sysroot_write(s->root, "0", &dropped, "%s/events/" GROUP "/enable", instance);
	rmdir(instance);
	if (file_read(events, (size_t)16 << 20, &text, &dropped) < 0)
		return;
	text_list_split(&lines, buffer_text(&text), "\n");
	for (size_t i = 0; i < lines.count; i++) {
		const char *found = strstr(lines.items[i], ":" GROUP "/");

		if (!found)
			continue;

		auto_free char *removal = xasprintf("-%.*s\n", (int)strcspn(found, " "), found);

		write_event(s, removal, &dropped);
	}
}

/* Behind the call: 5 bytes in, or 9 where an ENDBR stands before it. The kernel refuses an address
 * inside an instruction, so trying is safe. */
static bool add_body(const struct session *s, size_t index, uint64_t address)
{
	return address && (add_probe(s, 'b', index, address + 5) ||
			   add_probe(s, 'b', index, address + 9));
}

static void collect(struct session *s, struct livepatch_list *patches)
{
	for (size_t i = 0; i < patches->count; i++)
		for (size_t j = 0; j < patches->items[i].count; j++) {
			struct livepatch_object *object = &patches->items[i].objects[j];

			for (size_t k = 0; k < object->count && s->count < PROBES_LIMIT; k++) {
				enum effect effect = object->functions[k].effect;

				if (patches->items[i].state != LIVEPATCH_APPLIED ||
				    effect == EFFECT_WAITING || effect == EFFECT_STACKED)
					continue;
				s->items[s->count++] = (struct probed){
					.function = &object->functions[k],
					.object = object->name,
					.patch = patches->items[i].name,
				};
			}
		}
}

static void place(struct session *s)
{
	for (size_t i = 0; i < s->count; i++) {
		struct probed *item = &s->items[i];
		uint64_t replacement = 0;
		uint64_t address = kallsyms_find(s->root, item->object, item->function->name,
						 item->function->position);
		auto_free char *name = kallsyms_find_replacement(
			s->root, item->patch, item->function->name, &replacement);

		item->has_new = name && add_probe(s, 'n', i, replacement);
		item->has_body = add_body(s, i, address);
		item->has_entry = add_probe(s, 'e', i, address);
	}
}

static int make_instance(const struct session *s, struct error *err)
{
	auto_free char *instance = xasprintf("%s/instances/" GROUP, s->tracefs);

	if (mkdir(instance, 0700) < 0 && errno != EEXIST)
		return error_errno(err, "cannot make the trace instance %s", instance);
	return sysroot_write(s->root, "0", err, "%s/tracing_on", instance);
}

/* Lines "  suture_e0     1     0": event, hits, misses. */
static void read_counts(struct session *s)
{
	auto_free char *path = xasprintf("%s/kprobe_profile", s->tracefs);
	auto_buffer struct buffer text = BUFFER_INIT;
	auto_text_list struct text_list lines = { 0 };
	struct error dropped;

	if (file_read(path, (size_t)16 << 20, &text, &dropped) < 0)
		return;
	text_list_split(&lines, buffer_text(&text), "\n");
	for (size_t i = 0; i < lines.count; i++) {
		size_t index;
		long long hits;
		char kind;

		if (sscanf(lines.items[i], " suture_%c%zu %lld", &kind, &index, &hits) != 3 ||
		    index >= s->count)
			continue;
		if (kind == 'e')
			s->items[index].entry = hits;
		else if (kind == 'b')
			s->items[index].body = hits;
		else
			s->items[index].new = hits;
	}
}

static void set_evidence(struct livepatch_function *function, char *evidence)
{
	free(function->evidence);
	function->evidence = evidence;
}

/* Probes go on from the inside out and off from the outside in: a call that the entry probe saw
 * was seen by the inner ones too. */
static void conclude(const struct probed *item, unsigned seconds)
{
	struct livepatch_function *function = item->function;

	function->old_hits = item->has_body ? item->body : -1;
	function->new_hits = item->has_new ? item->new : -1;
	if (item->body > 0) {
		function->effect = EFFECT_BYPASSED;
		set_evidence(function, xasprintf("%lld calls ran the old code in %u s", item->body,
						 seconds));
	} else if (item->entry > 0 && item->has_new && item->new == 0) {
		function->effect = EFFECT_BYPASSED;
		set_evidence(function,
			     xasprintf("%lld calls in %u s, and none reached the new code: something "
				       "answers in its place", item->entry, seconds));
	} else if (item->entry > 0 && item->has_new) {
		function->effect = EFFECT_IN_EFFECT;
		set_evidence(function, xasprintf("%lld calls in %u s, all reached the new code",
						 item->entry, seconds));
	} else {
		set_evidence(function,
			     xasprintf("%s; %s in %u s", function->evidence ? function->evidence : "",
				       !item->has_entry ? "cannot be counted" :
				       item->entry ? "called, but the new code cannot be counted" :
						     "not called",
				       seconds));
	}
}

static int count(struct session *s, unsigned seconds, const struct progress *progress,
		 struct error *err)
{
	double end = monotonic_seconds() + seconds;

	switch_events(s, 'n', true);
	switch_events(s, 'b', true);
	switch_events(s, 'e', true);
	while (monotonic_seconds() < end && interrupt_check(err) == 0) {
		progress_step(progress, 0, 0, "counting calls of %zu function%s", s->count,
			      s->count == 1 ? "" : "s");
		pause_milliseconds(100);
	}
	switch_events(s, 'e', false);
	pause_milliseconds(20);
	switch_events(s, 'b', false);
	switch_events(s, 'n', false);
	read_counts(s);
	return interrupt_check(err);
}

int effect_verify(const struct sysroot *root, const struct machine *machine,
		  struct livepatch_list *patches, unsigned seconds,
		  const struct progress *progress, struct error *err)
{
	struct session session = { .root = root, .tracefs = machine->tracefs };
	auto_close int lock = -1;

	if (!root->live)
		return error_set(err, ERROR_USAGE, "calls can only be counted on a live machine");
	if (!machine->tracefs)
		return error_set(err, ERROR_PERMISSION,
				 "calls are counted through tracefs, which is not mounted or only "
				 "for root (mount -t tracefs none /sys/kernel/tracing)");
	if (file_lock(LOCK, false, &lock, err) < 0)
		return error_context(err, "counting calls");
	collect(&session, patches);
	remove_all(&session);
	place(&session);

	int result = make_instance(&session, err);

	if (result == 0)
		result = count(&session, seconds, progress, err);
	remove_all(&session);
	if (result < 0)
		return error_context(err, "counting calls");
	for (size_t i = 0; i < session.count; i++)
		conclude(&session.items[i], seconds);
	return 0;
}
