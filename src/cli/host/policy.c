// SPDX-License-Identifier: GPL-2.0-or-later
/* suture pin, unpin, block, unblock: what the administrator holds back. */
#include "cli/host/policy.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "cli/host/commands.h"
#include "cli/host/service.h"
#include "repo/offer.h"

#define DELAY_LIMIT (366 * 24) /* hours; as agent/policy.c */
#define DIGEST_DIGITS (DIGEST_HEX_SIZE - 1)
#define SHORTEST_DIGEST 8

static int steal_lock(int *lock)
{
	int fd = *lock;

	*lock = -1;
	return fd;
}

int policy_open(const struct args *args, struct view *ret_view, struct error *err)
{
	auto_close int lock = -1;

	if (service_begin_change(args, &lock, err) < 0 || view_open(args, 0, ret_view, err) < 0)
		return -1;
	ret_view->change_lock = steal_lock(&lock);
	if (!ret_view->records.has_policy || !ret_view->records.has_lives)
		return error_set(err, ret_view->records.problem_code,
				 "what is on record cannot be read: %.300s",
				 ret_view->records.problem);
	if (!ret_view->status.kernel.build_id)
		return error_set(err, ERROR_UNSUPPORTED,
				 "the running kernel tells no build-id (/sys/kernel/notes): no "
				 "published patch can be for it");
	return 0;
}

void policy_set_pin(struct policy *policy, const char *build_id, int64_t level)
{
	free(policy->pin_build_id);
	policy->pin_build_id = level >= 0 ? xstrdup(build_id) : NULL;
	policy->pin_level = level;
}

int policy_save(const struct args *args, const struct view *view, struct error *err,
		const char *format, ...)
{
	va_list words;

	if (policy_write(view->records.root, &view->records.policy, err) < 0)
		return -1;
	if (args_has(args, "json")) {
		auto_json json_value *value = json_new_object();

		policy_report(&view->records.policy, value);
		print_json(value);
		return 0;
	}
	va_start(words, format);
	vprintf(format, words);
	va_end(words);
	return 0;
}

/* What is held back and still in force goes at the next run. */
static const char *what_next(const struct view *view, int64_t level)
{
	return view->standing.in_force.level > level ?
		       "; what is in force is above it: 'suture update' takes it back now" :
		       "";
}

static int parse_level(const struct view *view, const char *word, int64_t *ret_level,
		       struct error *err)
{
	const struct life *life;

	if (life_parse_level(word, ret_level))
		return 0;
	if (view_find(view, word, &life, err) < 0)
		return -1;
	if (!is_for_kernel(life, &view->status))
		return error_set(err, ERROR_UNSUPPORTED, "%s is for another kernel than the running "
				 "one", life->name);
	*ret_level = life->level;
	return 0;
}

static int set_delay(const struct args *args, struct view *view, struct error *err)
{
	uint64_t hours;

	if (args_number(args, "delay", 0, 0, DELAY_LIMIT, &hours, err) < 0)
		return -1;
	view->records.policy.delay_hours = hours;
	return policy_save(args, view, err, "patches are taken %ju hours after they were first seen "
			   "here\n", (uintmax_t)hours);
}

int command_pin(const struct args *args, struct error *err)
{
	auto_view struct view view = { .sysroot = { .fd = -1 } };
	struct policy *policy = &view.records.policy;
	int64_t level;

	if (policy_open(args, &view, err) < 0)
		return -1;
	if (!args->count && args_has(args, "delay"))
		return set_delay(args, &view, err);
	level = view.standing.in_force.level;
	if (!args->count && !level)
		return error_set(err, ERROR_NOT_FOUND,
				 "no published patch is in force that this kernel could be pinned to: "
				 "say which level (0: none at all)");
	if (args->count && parse_level(&view, args->words[0], &level, err) < 0)
		return -1;
	if (policy_pin(policy, view.status.kernel.build_id) == level)
		return error_set(err, ERROR_NOTHING, "this kernel is pinned to level %jd already",
				 (intmax_t)level);
	policy_set_pin(policy, view.status.kernel.build_id, level);
	return policy_save(args, &view, err,
			   "%s takes no patch above level %jd until 'suture unpin'%s\n",
			   view.status.kernel.release, (intmax_t)level, what_next(&view, level));
}

int command_unpin(const struct args *args, struct error *err)
{
	auto_view struct view view = { .sysroot = { .fd = -1 } };
	struct policy *policy = &view.records.policy;

	if (policy_open(args, &view, err) < 0)
		return -1;
	if (policy->pin_level < 0 && !policy->delay_hours)
		return error_set(err, ERROR_NOTHING, "nothing is pinned");
	policy_set_pin(policy, NULL, -1);
	policy->delay_hours = 0;
	return policy_save(args, &view, err,
			   "patches of every level are taken again; 'suture update' does now\n");
}

static bool is_digest(const char *word)
{
	return strlen(word) == DIGEST_DIGITS &&
	       strspn(word, "0123456789abcdef") == DIGEST_DIGITS;
}

int command_block(const struct args *args, struct error *err)
{
	auto_view struct view view = { .sysroot = { .fd = -1 } };
	struct policy *policy = &view.records.policy;
	const char *word = args->words[0], *digest = word;
	const struct life *life = NULL;

	if (policy_open(args, &view, err) < 0)
		return -1;
	/* One that was never seen here can be blocked by its whole digest. */
	if (view_find(&view, word, &life, err) == 0)
		digest = life->module_sha256;
	else if (!is_digest(word))
		return -1;
	if (text_list_has(&policy->blocked, digest))
		return error_set(err, ERROR_NOTHING, "%s is blocked already", word);
	if (policy->blocked.count >= BLOCKED_LIMIT)
		return error_set(err, ERROR_INVALID, "%d patches are blocked, which is the most: "
				 "'suture unblock' some", BLOCKED_LIMIT);
	text_list_add(&policy->blocked, digest);

	const struct life *in_force = view_in_force(&view);

	return policy_save(args, &view, err, "%s is not taken any more%s\n",
			   life ? life->name : digest,
			   life && life == in_force ?
				   "; it is in force: 'suture update' takes it off now" :
				   "");
}

static void drop_blocked(struct policy *policy, const char *digest)
{
	auto_text_list struct text_list left = { 0 };

	for (size_t i = 0; i < policy->blocked.count; i++)
		if (strcmp(policy->blocked.items[i], digest) != 0)
			text_list_add(&left, policy->blocked.items[i]);
	text_list_clear(&policy->blocked);
	policy->blocked = left;
	left = (struct text_list){ 0 };
}

/* A blocked patch whose record is gone is still found by its digest. */
static const char *find_blocked(const struct view *view, const char *word)
{
	const struct text_list *blocked = &view->records.policy.blocked;
	const char *found = NULL;
	struct error ignored;
	const struct life *life;

	if (view_find(view, word, &life, &ignored) == 0)
		word = life->module_sha256;
	for (size_t i = 0; i < blocked->count; i++)
		if (strlen(word) >= SHORTEST_DIGEST && has_prefix(blocked->items[i], word))
			found = blocked->items[i];
	return found;
}

int command_unblock(const struct args *args, struct error *err)
{
	auto_view struct view view = { .sysroot = { .fd = -1 } };

	if (policy_open(args, &view, err) < 0)
		return -1;

	const char *blocked = find_blocked(&view, args->words[0]);

	if (!blocked)
		return error_set(err, ERROR_NOT_FOUND,
				 "'%.64s' is not blocked; 'suture show' tells what holds a patch back",
				 args->words[0]);

	auto_free char *digest = xstrdup(blocked);

	drop_blocked(&view.records.policy, digest);
	return policy_save(args, &view, err, "%.12s may be taken again; 'suture update' does now\n",
			   digest);
}
