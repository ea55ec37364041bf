// SPDX-License-Identifier: GPL-2.0-or-later
/* suture enable, suture disable: where patches come from. */
#include <stdio.h>
#include <string.h>

#include "agent/config.h"
#include "agent/credential.h"
#include "agent/history.h"
#include "agent/place.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/host/commands.h"
#include "cli/host/service.h"
#include "cli/host/token.h"
#include "model/api.h"
#include "repo/trust.h"

#define CONFIG_LIMIT ((size_t)64 << 10)

/* What will stand in suture.conf: the command line over what is there. */
struct wanted {
	struct token token;
	bool has_token;
	const char *root; /* --sysroot, or NULL */
	char *repo;
	struct config config; /* as it is now */
	struct buffer before; /* the file, to be put back if enabling fails */
	bool was_there;
};

static void wanted_clear(struct wanted *wanted)
{
	token_clear(&wanted->token);
	free(wanted->repo);
	config_clear(&wanted->config);
	buffer_clear(&wanted->before);
}
#define auto_wanted __attribute__((cleanup(wanted_clear)))

static const char *chosen(const struct args *args, const struct wanted *wanted, const char *option,
			  enum config_key key)
{
	const char *given = args_text(args, option);

	return given ? given : config_text(&wanted->config, key);
}

static int read_before(struct wanted *wanted, struct error *err)
{
	auto_free char *path = place_path(wanted->root, PLACE_CONFIG);

	if (config_read(wanted->root, &wanted->config, err) < 0)
		return -1;
	wanted->was_there = file_exists(path);
	return wanted->was_there ? file_read(path, CONFIG_LIMIT, &wanted->before, err) : 0;
}

/* The repository stands beside the server unless somebody says otherwise. */
static char *choose_repo(const struct args *args, const struct wanted *wanted)
{
	const char *repo = chosen(args, wanted, "repo", CONFIG_REPO);
	const char *server = args_text(args, "server");

	if (server && !args_text(args, "repo")) {
		size_t length = strlen(server);

		while (length && server[length - 1] == '/')
			length--;
		return xasprintf("%.*s%s", (int)length, server, API_REPOSITORY);
	}
	return repo ? xstrdup(repo) : NULL;
}

static int check_wanted(const struct args *args, const struct wanted *wanted, struct error *err)
{
	bool has_server = chosen(args, wanted, "server", CONFIG_SERVER) != NULL;

	if (!wanted->repo)
		return error_set(err, ERROR_USAGE,
				 "say where patches come from: --server URL with a token, or --repo "
				 "URL and --root-fingerprint H");
	if (!chosen(args, wanted, "root-fingerprint", CONFIG_ROOT))
		return error_set(err, ERROR_USAGE,
				 "say what to trust: --root-fingerprint with the SHA-256 of the "
				 "repository's 1.root.json, from its owner and not from the server "
				 "('suture repo status' prints it)");
	if (wanted->has_token && !has_server)
		return error_set(err, ERROR_USAGE, "a token is for a server: say which with --server");
	if (args_text(args, "server") && !wanted->has_token)
		return error_set(err, ERROR_USAGE,
				 "--server needs a token: as an argument, '-' for standard input, or "
				 "--token-file");
	return 0;
}

static int read_wanted(const struct args *args, struct wanted *wanted, struct error *err)
{
	const char *file = args_text(args, "token-file");

	wanted->root = args_text(args, "sysroot");
	if (args->count && file)
		return error_set(err, ERROR_USAGE, "the token as an argument or --token-file, not both");
	if (read_before(wanted, err) < 0)
		return -1;
	wanted->has_token = args->count || file;
	if (wanted->has_token &&
	    token_read(args->count ? args->words[0] : NULL, file, &wanted->token, err) < 0)
		return -1;
	wanted->repo = choose_repo(args, wanted);
	return check_wanted(args, wanted, err);
}

static bool is_same(enum config_key key, const char *now, const char *value)
{
	return !(config_rows[key].kind == CONFIG_DIGEST ? strcasecmp : strcmp)(now, value);
}

/* Sets what is not so already. Returns how many keys changed, or -1. */
static int write_config(const struct args *args, const struct wanted *wanted, struct error *err)
{
	const struct {
		enum config_key key;
		const char *value;
	} rows[] = {
		{ CONFIG_REPO, wanted->repo },
		{ CONFIG_ROOT, args_text(args, "root-fingerprint") },
		{ CONFIG_SERVER, args_text(args, "server") },
		{ CONFIG_RING_NAME, args_text(args, "ring") },
		{ CONFIG_CA, args_text(args, "ca-file") },
		{ CONFIG_PROXY, args_text(args, "proxy") },
	};
	int changed = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].value && config_check_value(rows[i].key, rows[i].value, err) < 0)
			return -1;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *now = wanted->config.values[rows[i].key];

		if (!rows[i].value || (now && is_same(rows[i].key, now, rows[i].value)))
			continue;
		if (config_set(wanted->root, rows[i].key, rows[i].value, err) < 0)
			return -1;
		changed++;
	}
	return changed;
}

/* Another root by the administrator's word: what was trusted before means nothing any more, and
 * neither does the protection against going back, which was about the other repository. What decides
 * is what the store was begun with, so that an 'enable' that was killed here is mended by the next.
 * The fetcher, whose folder root does not touch, begins its own anew at its next run. */
static int forget_other_root(const struct args *args, const struct wanted *wanted,
			     struct error *err)
{
	auto_free char *store = place_path(wanted->root, PLACE_TRUST);
	auto_free char *aside = xasprintf("%s.other", store);
	const char *fingerprint = chosen(args, wanted, "root-fingerprint", CONFIG_ROOT);
	struct error other;

	if (trust_check_begun(store, fingerprint, &other) == 0)
		return 0;
	/* All at once: half a store would be neither the one nor the other. */
	if (directory_remove(aside, err) < 0)
		return error_context(err, "what was trusted before");
	if (rename(store, aside) < 0)
		return error_errno(err, "cannot put %s aside", store);
	return directory_remove(aside, err);
}

/* As before 'enable': a machine is enabled or it is not. */
static void put_back(const struct wanted *wanted)
{
	auto_free char *path = place_path(wanted->root, PLACE_CONFIG);
	struct error ignored;

	if (wanted->was_there)
		state_write_text(path, buffer_text(&wanted->before), 0644, &ignored);
	else
		unlink(path);
}

/* The server's word on the token, in one line. */
static int enrol(const struct args *args, const struct wanted *wanted, char **ret_machine_id,
		 struct error *err)
{
	auto_credential struct credential credential = { 0 };

	if (!wanted->has_token)
		return 0;
	if (service_enrol(args, wanted->token.text, err) < 0)
		return -1;
	if (credential_read(wanted->root, &credential, err) < 0)
		return error_context(err, "the server took the token");
	*ret_machine_id = xstrdup(credential.machine_id);
	return 0;
}

static void print_enabled(const struct args *args, const struct wanted *wanted,
			  const char *machine_id, bool changed)
{
	auto_json json_value *value = json_new_object();

	if (!args_has(args, "json")) {
		printf("%s: patches come from %s\n", changed ? "enabled" : "already enabled",
		       wanted->repo);
		if (machine_id)
			printf("token %s is good; this machine is %s\n", wanted->token.id,
			       machine_id);
		return;
	}
	json_set_bool(value, "enabled", true);
	json_set_bool(value, "changed", changed);
	json_set_text(value, "repo", wanted->repo);
	json_set_text(value, "token_id", wanted->token.id);
	json_set_text(value, "machine_id", machine_id);
	print_json(value);
}

/* Before the configuration forgets it: what an older version began the store with. A store that cannot be
 * read is begun anew by whatever fingerprint comes, and told of by the agent. */
static void adopt_begun(const struct wanted *wanted)
{
	auto_free char *store = place_path(wanted->root, PLACE_TRUST);
	const char *before = config_text(&wanted->config, CONFIG_ROOT);
	struct error ignored;

	if (before)
		trust_adopt_begun(store, before, &ignored);
}

static int enable(const struct args *args, struct wanted *wanted, struct error *err)
{
	auto_free char *machine_id = NULL;
	struct error ignored;
	int changed;

	adopt_begun(wanted);
	changed = write_config(args, wanted, err);
	if (changed < 0 || enrol(args, wanted, &machine_id, err) < 0) {
		put_back(wanted);
		return -1;
	}
	if (forget_other_root(args, wanted, err) < 0)
		return -1;
	progress_step(args->progress, 0, 0, "%s", ""); /* wipes the line */
	if (changed)
		history_add(wanted->root, "enabled", NULL, wanted->repo, &ignored);
	print_enabled(args, wanted, machine_id, changed > 0);
	return service_switch(args, true, err);
}

int command_enable(const struct args *args, struct error *err)
{
	auto_wanted struct wanted wanted = { 0 };
	auto_close int lock = -1;

	if (service_begin_change(args, &lock, err) < 0 || read_wanted(args, &wanted, err) < 0)
		return -1;
	return enable(args, &wanted, err);
}

/* Patches stop coming; what is loaded stays. */
int command_disable(const struct args *args, struct error *err)
{
	const char *root = args_text(args, "sysroot");
	auto_config struct config config = { 0 };
	auto_close int lock = -1;
	struct error ignored;

	if (service_begin_change(args, &lock, err) < 0 || config_read(root, &config, err) < 0)
		return -1;
	if (!config.values[CONFIG_REPO])
		return error_set(err, ERROR_NOTHING, "no repository is enabled");
	if (service_switch(args, false, err) < 0 || credential_remove(root, err) < 0 ||
	    config_set(root, CONFIG_REPO, NULL, err) < 0 ||
	    config_set(root, CONFIG_SERVER, NULL, err) < 0)
		return -1;
	history_add(root, "disabled", NULL, config.values[CONFIG_REPO], &ignored);
	if (args_has(args, "json")) {
		auto_json json_value *value = json_new_object();

		json_set_bool(value, "enabled", false);
		json_set_text(value, "repo", config.values[CONFIG_REPO]);
		print_json(value);
	} else {
		printf("disabled: nothing comes from %s any more; what is loaded stays loaded\n",
		       config.values[CONFIG_REPO]);
	}
	return 0;
}
