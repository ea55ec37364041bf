// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "repo/metadata.h"
#include "repo/moment.h"
#include "repo/publication.h"
#include "repo/repository_private.h"

/* The drafts that are complete, and those that are not. */
struct drafts {
	struct text_list ready, waiting;
};

static void drafts_clear(struct drafts *drafts)
{
	text_list_clear(&drafts->ready);
	text_list_clear(&drafts->waiting);
}
#define auto_drafts __attribute__((cleanup(drafts_clear)))

static int sort_drafts(const struct repository *repository, struct drafts *drafts,
		       struct error *err)
{
	for (const char *const *role = all_role_names; *role; role++) {
		struct draft_state state;

		if (!repository_has_draft(repository, *role))
			continue;
		if (repository_draft_state(repository, *role, &state, err) < 0)
			return -1;

		bool is_ready = state.signatures >= state.threshold &&
				state.old_signatures >= state.old_threshold;

		text_list_add(is_ready ? &drafts->ready : &drafts->waiting, *role);
	}
	return 0;
}

static char *join_names(const struct text_list *names)
{
	struct buffer text = BUFFER_INIT;

	for (size_t i = 0; i < names->count; i++)
		buffer_printf(&text, "%s%s", i ? ", " : "", names->items[i]);
	return buffer_steal_text(&text);
}

/* The first time everything has to be there. */
static int check_first(const struct repository *repository, const struct drafts *drafts,
		       struct error *err)
{
	auto_json json_value *timestamp = NULL;
	auto_free char *waiting = join_names(&drafts->waiting);
	struct error absent = ERROR_INIT;

	if (repository_published(repository, "timestamp", &timestamp, &absent) == 0 ||
	    !drafts->waiting.count)
		return 0;
	return error_set(err, ERROR_INVALID,
			 "a repository's first publication has every role, and these wait for "
			 "signatures: %s; see 'suture repo sign'", waiting);
}

/* The meta of the next snapshot: what is published, with the ready drafts in its place. */
static int collect(struct publication *publication, const struct drafts *drafts,
		   json_value **ret_meta, struct error *err)
{
	auto_json json_value *snapshot = NULL;
	struct error absent = ERROR_INIT;
	auto_json json_value *meta = NULL;

	if (repository_published(publication->repository, "snapshot", &snapshot, &absent) == 0)
		meta = json_clone(json_get(envelope_body(snapshot), "meta"));
	else
		meta = json_new_object();
	for (size_t i = 0; i < drafts->ready.count; i++) {
		const char *role = drafts->ready.items[i];
		auto_free char *key = xasprintf("%s.json", role);
		auto_json json_value *envelope = NULL;

		if (repository_current(publication->repository, role, &envelope, err) < 0)
			return -1;
		publication_add(publication, role, envelope,
				strcmp(role, "root") ? json_set_object(meta, key) : NULL);
	}
	*ret_meta = steal_ptr(meta);
	return 0;
}

static int publish_ready(const struct repository *repository, const struct drafts *drafts,
			 struct key *const *keys, size_t count, struct error *err)
{
	auto_publication struct publication publication;
	json_value *meta;

	publication_init(&publication, repository, keys, count);
	if (collect(&publication, drafts, &meta, err) < 0 ||
	    publication_finish(&publication, meta, err) < 0 ||
	    publication_check(&publication, err) < 0 || publication_write(&publication, err) < 0)
		return -1;
	for (size_t i = 0; i < drafts->ready.count; i++)
		if (repository_discard(repository, drafts->ready.items[i], err) < 0)
			return -1;
	return 0;
}

int repository_publish(const struct repository *repository, struct key *const *keys, size_t count,
		       struct text_list *ret_waiting, struct error *err)
{
	auto_drafts struct drafts drafts = { 0 };

	if (sort_drafts(repository, &drafts, err) < 0 || check_first(repository, &drafts, err) < 0)
		return -1;
	if (!drafts.ready.count && drafts.waiting.count) {
		auto_free char *waiting = join_names(&drafts.waiting);

		return error_set(err, ERROR_NOTHING,
				 "nothing is ready to publish; waiting for signatures: %s",
				 waiting);
	}
	if (!drafts.ready.count)
		return error_set(err, ERROR_NOTHING,
				 "nothing has changed since the last publication");
	if (publish_ready(repository, &drafts, keys, count, err) < 0)
		return -1;
	for (size_t i = 0; ret_waiting && i < drafts.waiting.count; i++)
		text_list_add(ret_waiting, drafts.waiting.items[i]);
	return 0;
}

/* Whether less than half of the snapshot's life is left. */
static int needs_snapshot(const struct repository *repository, json_value **ret_meta,
			  struct error *err)
{
	auto_json json_value *snapshot = NULL;
	int64_t expires;

	if (repository_published(repository, "snapshot", &snapshot, err) < 0 ||
	    moment_parse(json_get_text(envelope_body(snapshot), "expires", NULL), &expires, err) <
		    0)
		return -1;
	*ret_meta = NULL;
	if (expires - repository->now < repository_lifetime(repository, "snapshot") / 2)
		*ret_meta = json_clone(json_get(envelope_body(snapshot), "meta"));
	return 0;
}

int repository_timestamp(const struct repository *repository, struct key *const *keys, size_t count,
			 struct error *err)
{
	auto_publication struct publication publication;
	json_value *meta;

	publication_init(&publication, repository, keys, count);
	if (needs_snapshot(repository, &meta, err) < 0 ||
	    publication_finish(&publication, meta, err) < 0 ||
	    publication_check(&publication, err) < 0)
		return -1;
	return publication_write(&publication, err);
}
