// SPDX-License-Identifier: GPL-2.0-or-later
#include "server/token.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/secret.h"
#include "cli/server/commands.h"
#include "server/database.h"

#define DAY 86400
#define EXPIRES_DEFAULT "7d"
#define EXPIRES_MOST ((int64_t)3650 * DAY)

/* "30m", "12h", "7d", "2w" or "never" to seconds of the epoch, 0 for never. */
static int read_expiry(const char *text, int64_t now, int64_t *ret_expires, struct error *err)
{
	static const struct {
		char letter;
		int64_t seconds;
	} units[] = { { 'm', 60 }, { 'h', 3600 }, { 'd', DAY }, { 'w', 7 * DAY } };
	size_t digits = strspn(text, "0123456789");

	if (!strcmp(text, "never")) {
		*ret_expires = 0;
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		int64_t number = digits && digits < 10 ? strtoll(text, NULL, 10) : 0;

		if (number && text[digits] == units[i].letter && !text[digits + 1] &&
		    number <= EXPIRES_MOST / units[i].seconds) {
			*ret_expires = now + number * units[i].seconds;
			return 0;
		}
	}
	return error_set(err, ERROR_USAGE,
			 "--expires takes a time from now (30m, 12h, 7d, 2w) of at most ten years, "
			 "or never, not '%.40s'",
			 text);
}

static int read_plan(const struct args *args, int64_t now, struct token_plan *plan,
		     struct error *err)
{
	const char *expires = args_text(args, "expires");
	uint64_t uses;

	plan->ring = args_text(args, "ring");
	plan->note = args_text(args, "note");
	if (!plan->ring)
		return error_set(err, ERROR_USAGE,
				 "--ring says which ring its machines take patches from: edge, "
				 "beta, candidate or stable");
	if (plan->note && strlen(plan->note) > TOKEN_NOTE_MOST)
		return error_set(err, ERROR_USAGE, "--note takes at most %d bytes",
				 TOKEN_NOTE_MOST);
	if (args_number(args, "uses", 1, 0, TOKEN_USES_MOST, &uses, err) < 0 ||
	    read_expiry(expires ? expires : EXPIRES_DEFAULT, now, &plan->expires, err) < 0)
		return -1;
	plan->uses = (int64_t)uses;
	return 0;
}

static void print_new(const struct args *args, const struct token_plan *plan,
		      const struct bearer *bearer, const char *text)
{
	char expires[32];

	if (args_has(args, "json")) {
		auto_json json_value *token = json_new_object();

		json_set_text(token, "id", bearer->id);
		json_set_text(token, "token", text);
		json_set_text(token, "ring", plan->ring);
		json_set_int(token, "uses", plan->uses);
		if (plan->expires)
			json_set_int(token, "expires", plan->expires);
		else
			json_set_text(token, "expires", NULL);
		print_json(token);
		return;
	}
	/* The token alone on standard output, so that it can go into a file or a pipe. */
	printf("%s\n", text);
	fflush(stdout);
	format_time(plan->expires, expires, sizeof(expires));
	fprintf(stderr, "token %s, ring %s, ", bearer->id, plan->ring);
	if (plan->uses)
		fprintf(stderr, "for %" PRId64 " machine%s, ", plan->uses,
			plan->uses == 1 ? "" : "s");
	else
		fprintf(stderr, "for any number of machines, ");
	fprintf(stderr, "%s%s; it is not shown again\n", plan->expires ? "until " : "without end",
		plan->expires ? expires : "");
}

int command_token_new(const struct args *args, struct error *err)
{
	auto_database struct database *database = NULL;
	char text[BEARER_TEXT_SIZE];
	struct token_plan plan;
	struct bearer bearer;
	int64_t now = time(NULL);

	if (read_plan(args, now, &plan, err) < 0 || database_to_begin(args, &database, err) < 0 ||
	    token_make(database, &plan, now, &bearer, text, err) < 0)
		return -1;
	print_new(args, &plan, &bearer, text);
	secret_wipe(text, sizeof(text));
	return 0;
}

static const char *state_of(const json_value *token, int64_t now)
{
	int64_t expires = json_get_int(token, "expires", 0);
	int64_t uses = json_get_int(token, "uses", 0);

	if (json_get_int(token, "revoked", 0))
		return "revoked";
	if (expires && expires <= now)
		return "expired";
	if (uses && json_get_int(token, "used", 0) >= uses)
		return "used up";
	return "good";
}

static void print_tokens(const json_value *tokens)
{
	int64_t now = time(NULL);

	printf("%-12s %-9s %-7s %11s  %-20s  %s\n", "ID", "RING", "STATE", "USED", "EXPIRES", "NOTE");
	for (size_t i = 0; i < json_count(tokens); i++) {
		const json_value *token = json_at(tokens, i);
		int64_t uses = json_get_int(token, "uses", 0);
		auto_free char *note = text_printable(json_get_text(token, "note", ""), false);
		char of[24] = "any", used[48], expires[32];

		if (uses)
			snprintf(of, sizeof(of), "%" PRId64, uses);
		snprintf(used, sizeof(used), "%" PRId64 "/%s", json_get_int(token, "used", 0), of);
		format_time(json_get_int(token, "expires", 0), expires, sizeof(expires));
		printf("%-12s %-9s %-7s %11s  %-20s  %s\n", json_get_text(token, "id", ""),
		       json_get_text(token, "ring", ""), state_of(token, now), used, expires, note);
	}
}

int command_token_list(const struct args *args, struct error *err)
{
	auto_database struct database *database = NULL;
	auto_json json_value *tokens = json_new_array();

	if (database_of_args(args, &database, err) < 0 || token_list(database, tokens, err) < 0)
		return -1;
	if (args_has(args, "json"))
		print_json(tokens);
	else
		print_tokens(tokens);
	return 0;
}

int command_token_revoke(const struct args *args, struct error *err)
{
	auto_database struct database *database = NULL;

	if (database_of_args(args, &database, err) < 0)
		return -1;
	return token_revoke(database, args->words[0], time(NULL), err);
}
