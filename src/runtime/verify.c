// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * effect_verify(): three kprobes for each redirected function (runtime/probes.h). The entry probe counts calls; the one behind the fentry call
 * counts those that ran the old body; the one on the replacement counts those that arrived.
 */
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "runtime/effect.h"
#include "runtime/kallsyms.h"
#include "runtime/probes.h"
#include "runtime/transition.h"

#define PROBES_LIMIT 256
#define GROUP "suture_verify"
#define LOCK "/run/suture-verify.lock"

struct probed {
	struct livepatch_function *function;
	const char *object, *patch;
	bool has_entry, has_body, has_new;
	bool has_namesakes; /* that the patch redirects too */
	long long entry, body, new; /* counted */
};

struct session {
	struct probes probes;
	struct probed items[PROBES_LIMIT];
	size_t count;
};

static void switch_events(const struct session *s, char kind, bool on)
{
	for (size_t i = 0; i < s->count; i++)
		probes_switch(&s->probes, kind, i, on);
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
					.has_namesakes =
						livepatch_count_named(&patches->items[i],
								      object->functions[k].name) > 1,
				};
			}
		}
}

static void place(struct session *s)
{
	for (size_t i = 0; i < s->count; i++) {
		struct probed *item = &s->items[i];
		uint64_t replacement = 0;
		uint64_t address = kallsyms_find(s->probes.root, item->object, item->function->name,
						 item->function->position);
		/* Replacements are known by name: those of namesakes cannot be told apart. */
		auto_free char *name =
			item->has_namesakes ? NULL :
			kallsyms_find_replacement(s->probes.root, item->patch,
						  item->function->name, &replacement);

		item->has_new = name && probes_add(&s->probes, 'n', i, replacement);
		item->has_body = probes_add_body(&s->probes, 'b', i, address);
		item->has_entry = probes_add(&s->probes, 'e', i, address);
	}
}

static void take_hits(void *user, char kind, size_t index, long long hits)
{
	struct session *s = user;

	if (index >= s->count)
		return;
	if (kind == 'e')
		s->items[index].entry = hits;
	else if (kind == 'b')
		s->items[index].body = hits;
	else if (kind == 'n')
		s->items[index].new = hits;
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
	if (probes_read(&s->probes, take_hits, s, err) < 0)
		return -1;
	return interrupt_check(err);
}

int effect_verify(const struct sysroot *root, const struct machine *machine,
		  struct livepatch_list *patches, unsigned seconds,
		  const struct progress *progress, struct error *err)
{
	struct session session = { .probes = { root, machine->tracefs, GROUP } };
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

	int result = probes_begin(&session.probes, err);

	if (result == 0) {
		place(&session);
		result = count(&session, seconds, progress, err);
	}
	probes_end(&session.probes);
	if (result < 0)
		return error_context(err, "counting calls");
	for (size_t i = 0; i < session.count; i++)
		conclude(&session.items[i], seconds);
	return 0;
}
