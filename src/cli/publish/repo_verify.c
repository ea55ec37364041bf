// SPDX-License-Identifier: GPL-2.0-or-later
/* suture repo verify, status: a repository as a client sees it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "cli/publish/repo.h"
#include "cli/publish/repo_source.h"
#include "repo/check.h"
#include "repo/fetch.h"
#include "repo/moment.h"
#include "repo/trust.h"

/* What to begin with: a root that the user has, the fingerprint that he was told, or the
 * repository's own first root, which proves that it is whole but not whose it is. */
static int begin(const struct args *args, const struct fetcher *fetcher, const char *store,
		 struct error *err)
{
	const char *root = args_text(args, "root");
	const char *fingerprint = args_text(args, "root-fingerprint");
	auto_buffer struct buffer data = BUFFER_INIT;

	if (root && fingerprint)
		return error_set(err, ERROR_USAGE, "give --root or --root-fingerprint, not both");
	if (fingerprint)
		return trust_begin_fingerprint(store, fetcher, fingerprint, err);
	if ((root ? file_read(root, ROOT_LIMIT, &data, err) :
		    fetch_file(fetcher, "1.root.json", ROOT_LIMIT, &data, err)) < 0)
		return -1;
	return trust_begin(store, data.data, data.size, err);
}

static void print_report(const json_value *report)
{
	const json_value *documents = json_get(report, "documents");
	const json_value *modules = json_get(report, "modules");

	for (size_t i = 0; i < json_count(documents); i++) {
		const json_value *entry = json_at(documents, i);

		printf("%-12s version %jd, valid until %s%s\n", json_get_text(entry, "role", ""),
		       (intmax_t)json_get_int(entry, "version", 0),
		       json_get_text(entry, "expires", ""),
		       json_get_int(entry, "seconds_left", 0) <= 0 ? ": EXPIRED" : "");
	}
	for (size_t i = 0; i < json_count(modules); i++) {
		const json_value *entry = json_at(modules, i);
		bool is_revoked = json_get_text(entry, "revoked", NULL) != NULL;
		auto_free char *reason = text_printable(json_get_text(entry, "revoked", ""), false);
		int64_t share = json_get_int(entry, "share", 0);
		int64_t served = json_get_int(entry, "served_until", 0);
		char moment[MOMENT_SIZE];

		moment_write(served, moment);
		printf("%s  share %jd.%02jd%%%s%s%s%s\n", json_get_text(entry, "path", ""),
		       (intmax_t)(share / 100), (intmax_t)(share % 100),
		       served ? "  kernel served until " : "", served ? moment : "",
		       is_revoked ? "  revoked: " : "", reason);
	}
}

static int verify_in(const struct args *args, const struct fetcher *fetcher, const char *store,
		     struct error *err)
{
	auto_trust struct trust *trust = NULL;
	auto_json json_value *report = NULL;
	auto_text_list struct text_list expired = { 0 };
	int64_t now;

	if (repo_time(args, &now, err) < 0 || begin(args, fetcher, store, err) < 0 ||
	    trust_open(store, now, &trust, err) < 0 ||
	    repository_check(trust, fetcher, NULL, &expired, err) < 0 ||
	    repository_report(trust, fetcher, &report, err) < 0)
		return -1;
	if (args_has(args, "json"))
		print_json(report);
	else
		print_report(report);
	if (expired.count)
		return error_set(err, ERROR_STALE,
				 "%zu rings expired, %s first: their machines are told that they are "
				 "stale; see suture repo renew", expired.count, expired.items[0]);
	return 0;
}

int run_repo_verify(const struct args *args, struct error *err)
{
	auto_source struct source source = { 0 };
	auto_free char *store = NULL;
	const char *temporary = getenv("TMPDIR");
	struct error ignored;

	if (source_open(args, &source, err) < 0 ||
	    directory_make_temporary(temporary ? temporary : "/tmp", &store, err) < 0)
		return -1;

	int result = verify_in(args, &source.fetcher, store, err);

	directory_remove(store, &ignored);
	return result < 0 ? error_context(err, "%s", args->words[0]) : 0;
}

static void add_published(const struct repository *repository, const char *role, json_value *list)
{
	struct role_age age;
	struct error ignored;
	char expires[MOMENT_SIZE];

	if (repository_age(repository, role, &age, &ignored) < 0)
		return;

	json_value *entry = json_add_object(list);

	moment_write(age.expires, expires);
	json_set_text(entry, "role", role);
	json_set_int(entry, "version", age.version);
	json_set_text(entry, "expires", expires);
	json_set_int(entry, "seconds_left", age.left);
	json_set_text(entry, "state", age.left <= 0 ? "expired" : age.due ? "due" : "ok");
}

static int add_draft(const struct repository *repository, const char *role, json_value *list,
		     struct error *err)
{
	struct draft_state state;

	if (!repository_has_draft(repository, role))
		return 0;
	if (repository_draft_state(repository, role, &state, err) < 0)
		return -1;

	json_value *entry = json_add_object(list);

	json_set_text(entry, "role", role);
	json_set_int(entry, "version", state.version);
	json_set_int(entry, "signatures", state.signatures);
	json_set_int(entry, "threshold", state.threshold);
	json_set_int(entry, "old_signatures", state.old_signatures);
	json_set_int(entry, "old_threshold", state.old_threshold);
	return 0;
}

/* The digest that administrators compare: of the first root, which never changes. */
static void add_fingerprint(const struct repository *repository, json_value *status)
{
	auto_free char *path = path_join(repository_folder(repository), "1.root.json");
	char sha256[DIGEST_HEX_SIZE];
	struct error ignored;

	json_set_text(status, "root_fingerprint",
		      digest_file(path, sha256, &ignored) == 0 ? sha256 : NULL);
}

static int collect_status(const struct repository *repository, json_value **ret_status,
			  struct error *err)
{
	auto_json json_value *status = json_new_object();

	add_fingerprint(repository, status);

	json_value *published = json_set_array(status, "published");
	json_value *drafts = json_set_array(status, "drafts");

	for (const char *const *role = all_role_names; *role; role++) {
		add_published(repository, *role, published);
		if (add_draft(repository, *role, drafts, err) < 0)
			return -1;
	}
	*ret_status = steal_ptr(status);
	return 0;
}

static void print_drafts(const json_value *drafts)
{
	for (size_t i = 0; i < json_count(drafts); i++) {
		const json_value *entry = json_at(drafts, i);
		int64_t has = json_get_int(entry, "signatures", 0);
		int64_t needs = json_get_int(entry, "threshold", 0);
		int64_t old_has = json_get_int(entry, "old_signatures", 0);
		int64_t old_needs = json_get_int(entry, "old_threshold", 0);

		printf("draft  %-12s version %jd, %jd of %jd signatures",
		       json_get_text(entry, "role", ""),
		       (intmax_t)json_get_int(entry, "version", 0), (intmax_t)has, (intmax_t)needs);
		if (old_needs)
			printf(" and %jd of %jd of the old keys", (intmax_t)old_has,
			       (intmax_t)old_needs);
		printf("%s\n", has >= needs && old_has >= old_needs ? ": ready to publish" : "");
	}
}

int repo_print_drafts(const struct repository *repository, struct error *err)
{
	auto_json json_value *status = NULL;

	if (collect_status(repository, &status, err) < 0)
		return -1;
	print_drafts(json_get(status, "drafts"));
	return 0;
}

static void print_published(const json_value *entry)
{
	const char *role = json_get_text(entry, "role", "");
	const struct role_age age = {
		.left = json_get_int(entry, "seconds_left", 0),
		.due = strcmp(json_get_text(entry, "state", ""), "ok") != 0,
	};
	auto_free char *text = repo_describe_age(role, &age);

	printf("public %-12s version %jd, valid until %s, %s\n", role,
	       (intmax_t)json_get_int(entry, "version", 0), json_get_text(entry, "expires", ""),
	       text);
}

int run_repo_status(const struct args *args, struct error *err)
{
	auto_repository struct repository *repository = NULL;
	auto_json json_value *status = NULL;

	if (repo_open(args, &repository, err) < 0 || collect_status(repository, &status, err) < 0)
		return -1;
	if (args_has(args, "json")) {
		print_json(status);
		return 0;
	}

	const char *fingerprint = json_get_text(status, "root_fingerprint", NULL);
	const json_value *published = json_get(status, "published");

	printf("root fingerprint  %s\n", fingerprint ? fingerprint : "(not published yet)");
	for (size_t i = 0; i < json_count(published); i++)
		print_published(json_at(published, i));
	print_drafts(json_get(status, "drafts"));
	return 0;
}
