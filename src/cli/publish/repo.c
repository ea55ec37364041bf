// SPDX-License-Identifier: GPL-2.0-or-later
/* suture repo: the table. What each command does is in its file. */
#include "cli/publish/repo.h"

#include "base/memory.h"
#include "cli/publish/commands.h"
#include "cli/publish/keys.h"
#include "cli/publish/repo_source.h"
#include "repo/moment.h"

#define KEY_OPTION                                                            \
	{ .name = "key", .argument = "KEY",                                   \
	  .help = "a private key to sign with, a file or a URI; may be repeated" }
#define JSON_OPTION { .name = "json", .help = "print JSON" }
#define ROLLOUT_OPTION                                                              \
	{ .name = "rollout", .argument = "STEPS",                                   \
	  .help = "shares of the machines over time, such as 1%@0,10%@24h,100%@3d" }

int repo_time(const struct args *args, int64_t *ret_time, struct error *err)
{
	const char *text = args_text(args, "at");

	if (text && moment_parse(text, ret_time, err) < 0) {
		err->code = ERROR_USAGE;
		return error_context(err, "--at");
	}
	if (!text)
		*ret_time = moment_now();
	return 0;
}

int repo_open(const struct args *args, struct repository **ret_repository, struct error *err)
{
	int64_t now;

	if (repo_time(args, &now, err) < 0)
		return -1;
	return repository_open(args->words[0], now, ret_repository, err);
}

static const struct option_row init_options[] = {
	{ .name = "key", .argument = "ROLE=FILE",
	  .help = "a public key for a role, for rings, online (snapshot, timestamp) or all" },
	{ .name = "threshold", .argument = "ROLE=N", .help = "how many of its keys must sign" },
	{ .name = "expires", .argument = "ROLE=TIME",
	  .help = "how long a signature is good for, such as 30d or 48h" },
	AT_OPTION,
	{ 0 },
};

static const struct option_row plain_options[] = { AT_OPTION, { 0 } };
static const struct option_row show_options[] = { JSON_OPTION, AT_OPTION, { 0 } };
static const struct option_row key_add_options[] = { PASSPHRASE_OPTION, AT_OPTION, { 0 } };
static const struct option_row signing_options[] = {
	KEY_OPTION,
	PASSPHRASE_OPTION,
	AT_OPTION,
	{ 0 },
};

static const struct option_row sign_options_of_repo[] = {
	KEY_OPTION,
	{ .name = "role", .argument = "ROLE", .help = "sign only this role's draft" },
	PASSPHRASE_OPTION,
	AT_OPTION,
	{ 0 },
};

static const struct option_row add_options[] = {
	{ .name = "manifest", .argument = "FILE",
	  .help = "the module's manifest (default: the module's name with .json)" },
	{ .name = "evidence", .argument = "FILE",
	  .help = "what suture try --evidence wrote (default: MODULE with .evidence.json)" },
	{ .name = "ring", .argument = "RING", .help = "edge (default), beta, candidate or stable" },
	ROLLOUT_OPTION,
	{ .name = "served-until", .argument = "DAY",
	  .help = "patches for this kernel are made until then, such as 2027-06-30" },
	{ .name = "allow-unproven", .help = "take a module without proof or evidence" },
	AT_OPTION,
	{ 0 },
};

static const struct option_row promote_options[] = {
	{ .name = "from", .argument = "RING", .help = "where it is (default edge)" },
	{ .name = "to", .argument = "RING", .help = "where it goes (default the next ring)" },
	ROLLOUT_OPTION,
	AT_OPTION,
	{ 0 },
};

static const struct option_row revoke_options[] = {
	{ .name = "reason", .argument = "TEXT", .help = "what administrators are shown" },
	{ .name = "force", .help = "revoke a digest that no ring knows of" },
	AT_OPTION,
	{ 0 },
};

static const struct option_row rollout_options[] = {
	{ .name = "ring", .argument = "RING", .help = "the ring (default stable)" },
	{ .name = "halt", .help = "no machine more than have it by now" },
	{ .name = "everybody", .help = "all machines at once" },
	AT_OPTION,
	{ 0 },
};

static const struct option_row served_options[] = {
	{ .name = "unsaid", .help = "say no day any more" },
	AT_OPTION,
	{ 0 },
};

static const struct option_row verify_options[] = {
	{ .name = "root", .argument = "FILE", .help = "the root to begin with" },
	{ .name = "root-fingerprint", .argument = "SHA256",
	  .help = "the digest of the root to begin with" },
	SOURCE_OPTIONS,
	JSON_OPTION,
	AT_OPTION,
	{ 0 },
};

static const struct option_row mirror_options[] = {
	{ .name = "root", .argument = "FILE", .help = "the root that the first run begins with" },
	SOURCE_OPTIONS,
	AT_OPTION,
	{ 0 },
};

static const struct option_row bundle_options[] = {
	{ .name = "output", .letter = 'o', .argument = "FILE", .help = "the bundle to write" },
	SOURCE_OPTIONS,
	AT_OPTION,
	{ 0 },
};

static const struct option_row gc_options[] = {
	{ .name = "keep", .argument = "N",
	  .help = "keep the newest N good levels of each kernel in each ring (default: all)" },
	AT_OPTION,
	{ 0 },
};

static const struct command repo_key_commands[] = {
	{ .name = "add", .arguments = "REPO ROLE KEY", .summary = "let a key sign for a role",
	  .options = key_add_options, .least = 3, .most = 3, .run = run_repo_key_add },
	{ .name = "remove", .arguments = "REPO ROLE KEYID", .summary = "let a key sign no longer",
	  .options = plain_options, .least = 3, .most = 3, .run = run_repo_key_remove },
	{ .name = "threshold", .arguments = "REPO ROLE N",
	  .summary = "change how many of a role's keys must sign",
	  .options = plain_options, .least = 3, .most = 3, .run = run_repo_key_threshold },
	{ .name = "list", .arguments = "REPO", .summary = "show who signs for which role",
	  .options = show_options, .least = 1, .most = 1, .run = run_repo_key_list },
	{ 0 },
};

const struct command repo_commands[] = {
	{ .name = "init", .arguments = "REPO", .summary = "make a repository in an empty folder",
	  .details = "Every role needs a key: --key root=root.pub --key rings=release.pub\n"
		     "--key online=online.pub ... A role named itself goes before its group.\n"
		     "Nothing is public before 'suture repo sign' and 'suture repo publish'.",
	  .options = init_options, .least = 1, .most = 1, .run = run_repo_init },
	{ .name = "key", .summary = "who signs for which role", .commands = repo_key_commands },
	{ .name = "add", .arguments = "REPO MODULE.ko",
	  .summary = "put a module into a ring's draft",
	  .options = add_options, .least = 2, .most = 2, .run = run_repo_add },
	{ .name = "promote", .arguments = "REPO MODULE",
	  .summary = "put a ring's module into the next ring's draft",
	  .details = "MODULE is its path in the ring, its name or its digest.",
	  .options = promote_options, .least = 2, .most = 2, .run = run_repo_promote },
	{ .name = "revoke", .arguments = "REPO MODULE", .summary = "take a module back, for ever",
	  .options = revoke_options, .least = 2, .most = 2, .run = run_repo_revoke },
	{ .name = "rollout", .arguments = "REPO MODULE [STEPS]",
	  .summary = "change which share of the machines takes a module when",
	  .options = rollout_options, .least = 2, .most = 3, .run = run_repo_rollout },
	{ .name = "served", .arguments = "REPO BUILD-ID [DAY]",
	  .summary = "say anew until when patches for a kernel are made",
	  .details = "DAY is the last one, such as 2027-06-30. It stands with the kernel's newest module in\n"
		     "each ring, and the next module takes it over.",
	  .options = served_options, .least = 2, .most = 3, .run = run_repo_served },
	{ .name = "sign", .arguments = "REPO", .summary = "sign the drafts that a key may sign",
	  .options = sign_options_of_repo, .least = 1, .most = 1, .run = run_repo_sign },
	{ .name = "publish", .arguments = "REPO",
	  .summary = "make public every draft that has its signatures",
	  .details = "The keys are those of snapshot and timestamp. Before anything is visible,\n"
		     "it is checked with a client's eyes; what one refuses is not published.",
	  .options = signing_options, .least = 1, .most = 1, .run = run_repo_publish },
	{ .name = "timestamp", .arguments = "REPO",
	  .summary = "renew the timestamp, and the snapshot when it is time: for cron",
	  .options = signing_options, .least = 1, .most = 1, .run = run_repo_timestamp },
	{ .name = "renew", .arguments = "REPO [ROLE...]",
	  .summary = "give roles that nobody changed another life",
	  .details = "Without ROLE, all whose life is over by two thirds; may run daily. Named ones at once.\n"
		     "The drafts are then signed and published like others.",
	  .options = plain_options, .least = 1, .most = ANY_NUMBER, .run = run_repo_renew },
	{ .name = "status", .arguments = "REPO",
	  .summary = "what is public, what waits for signatures",
	  .options = show_options, .least = 1, .most = 1, .run = run_repo_status },
	{ .name = "verify", .arguments = "REPO|BUNDLE|URL",
	  .summary = "check all of a repository with a client's eyes",
	  .options = verify_options, .least = 1, .most = 1, .run = run_repo_verify },
	{ .name = "mirror", .arguments = "REPO|BUNDLE|URL FOLDER",
	  .summary = "bring a copy up to date that others may fetch from",
	  .options = mirror_options, .least = 2, .most = 2, .run = run_repo_mirror },
	{ .name = "bundle", .arguments = "REPO|URL",
	  .summary = "write all of a repository into one file",
	  .options = bundle_options, .least = 1, .most = 1, .run = run_repo_bundle },
	{ .name = "gc", .arguments = "REPO", .summary = "remove what nothing refers to",
	  .options = gc_options, .least = 1, .most = 1, .run = run_repo_gc },
	{ 0 },
};
