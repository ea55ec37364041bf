// SPDX-License-Identifier: GPL-2.0-or-later
/* suture key: keys for metadata and for modules. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/process.h"
#include "cli/publish/commands.h"
#include "cli/publish/keys.h"
#include "repo/role.h"
#include "seal/certificate.h"

static const struct option_row generate_options[] = {
	{ .name = "type", .argument = "TYPE",
	  .help = "ed25519 for metadata (default); rsa or ecdsa for modules" },
	PASSPHRASE_OPTION,
	{ .name = "no-passphrase",
	  .help = "leave the private key readable to whoever has the file" },
	{ .name = "name", .argument = "TEXT",
	  .help = "rsa, ecdsa: the name in the certificate (default: the file's name)" },
	{ .name = "days", .argument = "N",
	  .help = "rsa, ecdsa: how long the certificate is valid (default 3650)" },
	{ 0 },
};

static int parse_kind(const struct args *args, enum key_kind *ret_kind, struct error *err)
{
	const char *text = args_text(args, "type");

	for (enum key_kind kind = KEY_ED25519; kind < KEY_OTHER; kind++)
		if (!strcmp(text ? text : "ed25519", key_kind_name(kind))) {
			*ret_kind = kind;
			return 0;
		}
	return error_set(err, ERROR_USAGE, "--type is ed25519, rsa or ecdsa, not '%.32s'", text);
}

static int write_certificate(const struct args *args, const struct key *key, const char *path,
			     struct error *err)
{
	auto_certificate struct certificate *certificate = NULL;
	auto_free char *base = xstrdup(path_base(path));
	const char *name = args_text(args, "name");
	uint64_t days;

	base[strcspn(base, ".")] = 0;
	if (args_number(args, "days", 3650, 1, 36500, &days, err) < 0 ||
	    certificate_make(key, name ? name : base, (unsigned)days, &certificate, err) < 0)
		return -1;
	return certificate_write_pem(certificate, path, err);
}

static int write_files(const struct args *args, const struct key *key, const char *passphrase,
		       struct error *err)
{
	const char *path = args->words[0];
	bool is_for_modules = key_kind(key) != KEY_ED25519;
	auto_free char *second = xasprintf("%s.%s", path, is_for_modules ? "crt" : "pub");

	if (file_exists(second))
		return error_set(err, ERROR_INVALID, "%s exists; choose another name", second);
	if (key_write_private(key, path, passphrase, err) < 0)
		return -1;
	if ((is_for_modules ? write_certificate(args, key, second, err) :
			      key_write_public(key, second, err)) < 0) {
		unlink(path);
		return -1;
	}
	printf("private key   %s%s\n%s   %s\n", path,
	       passphrase ? "" : " (no passphrase: guard the file)",
	       is_for_modules ? "certificate" : "public key ", second);
	return 0;
}

static int print_keyid(const struct key *key, struct error *err)
{
	char keyid[KEYID_SIZE];

	if (key_kind(key) != KEY_ED25519)
		return 0;
	if (keyid_of(key, keyid, err) < 0)
		return -1;
	printf("keyid         %s\n", keyid);
	return 0;
}

static int run_generate(const struct args *args, struct error *err)
{
	auto_key struct key *key = NULL;
	struct passphrase_source source;
	char passphrase[PASSPHRASE_LIMIT] = "";
	bool plain = args_has(args, "no-passphrase");
	enum key_kind kind = KEY_OTHER;

	passphrase_source_init(&source, args);
	if (parse_kind(args, &kind, err) < 0)
		return -1;
	if (plain && source.file)
		return error_set(err, ERROR_USAGE, "--no-passphrase contradicts --passphrase-file");
	if (file_exists(args->words[0]))
		return error_set(err, ERROR_INVALID, "%s exists; a key is never overwritten",
				 args->words[0]);
	if (!plain && passphrase_choose(&source, args->words[0], passphrase, err) < 0)
		return -1;

	int result = key_generate(kind, &key, err);

	if (result == 0)
		result = write_files(args, key, plain ? NULL : passphrase, err);
	secret_wipe(passphrase, sizeof(passphrase));
	return result < 0 ? -1 : print_keyid(key, err);
}

static const struct option_row show_options[] = {
	PASSPHRASE_OPTION,
	{ .name = "json", .help = "print JSON" },
	{ 0 },
};

static int run_show(const struct args *args, struct error *err)
{
	auto_key struct key *key = NULL;
	auto_json json_value *facts = json_new_object();
	struct passphrase_source source;
	uint8_t public[ED25519_PUBLIC_SIZE];
	char hex[2 * sizeof(public) + 1], keyid[KEYID_SIZE];

	passphrase_source_init(&source, args);
	if (key_open_public(args->words[0], &source.passphrase, &key, err) < 0)
		return -1;
	json_set_text(facts, "type", key_kind_name(key_kind(key)));
	json_set_bool(facts, "private", key_is_private(key));
	if (key_kind(key) == KEY_ED25519) {
		if (key_public_bytes(key, public, err) < 0 || keyid_of(key, keyid, err) < 0)
			return -1;
		hex_encode(public, sizeof(public), hex);
		json_set_text(facts, "keyid", keyid);
		json_set_text(facts, "public", hex);
	}
	if (args_has(args, "json")) {
		print_json(facts);
		return 0;
	}
	printf("type    %s%s\n", key_kind_name(key_kind(key)),
	       key_is_private(key) ? " (private)" : "");
	if (key_kind(key) == KEY_ED25519)
		printf("keyid   %s\npublic  %s\n", keyid, hex);
	return 0;
}

static const struct option_row public_options[] = { PASSPHRASE_OPTION, { 0 } };

static int run_public(const struct args *args, struct error *err)
{
	auto_key struct key *key = NULL;
	struct passphrase_source source;

	passphrase_source_init(&source, args);
	if (key_open_public(args->words[0], &source.passphrase, &key, err) < 0)
		return -1;
	return key_write_public(key, args->words[1], err);
}

static const struct option_row certificate_options[] = {
	PASSPHRASE_OPTION,
	{ .name = "name", .argument = "TEXT",
	  .help = "the name in the certificate (default: the file's name)" },
	{ .name = "days", .argument = "N", .help = "how long it is valid (default 3650)" },
	{ 0 },
};

static int run_certificate(const struct args *args, struct error *err)
{
	auto_key struct key *key = NULL;
	struct passphrase_source source;

	passphrase_source_init(&source, args);
	if (file_exists(args->words[1]))
		return error_set(err, ERROR_INVALID, "%s exists; choose another name",
				 args->words[1]);
	if (key_open(args->words[0], &source.passphrase, &key, err) < 0)
		return -1;
	if (key_kind(key) == KEY_ED25519)
		return error_set(err, ERROR_INVALID,
				 "%s is an ed25519 key, which signs metadata; modules are signed with an "
				 "rsa or ecdsa key", args->words[0]);
	return write_certificate(args, key, args->words[1], err);
}

/* It asks for a password on the terminal. */
static int run_mokutil(const char *der, struct error *err)
{
	const char *const argv[] = { "mokutil", "--import", der, NULL };
	auto_process_result struct process_result result = { 0 };

	if (process_run(&(struct process_spec){ .argv = argv, .interactive = true }, &result,
			err) < 0)
		return error_context(err, "mokutil enrols the certificate; install the package "
				     "mokutil");
	if (result.status)
		return error_set(err, ERROR_TOOL,
				 "mokutil did not enrol the certificate (status %d); it needs root "
				 "and a machine that was booted with UEFI", result.status);
	return 0;
}

/* mokutil reads DER. */
static int run_enroll(const struct args *args, struct error *err)
{
	auto_certificate struct certificate *certificate = NULL;
	auto_buffer struct buffer der = BUFFER_INIT;
	auto_free char *folder = NULL;
	auto_free char *path = NULL;
	struct error ignored;

	if (certificate_open(args->words[0], &certificate, err) < 0)
		return -1;
	certificate_der(certificate, &der);
	if (directory_make_temporary("/tmp", &folder, err) < 0)
		return -1;
	path = path_join(folder, "certificate.der");

	int result = file_write(path, der.data, der.size, 0600, false, err);

	if (result == 0)
		result = run_mokutil(path, err);
	directory_remove(folder, &ignored);
	if (result == 0)
		printf("The firmware asks for the one-time password at the next boot; then kernels "
		       "accept modules that are signed with the key.\n");
	return result;
}

const struct command key_commands[] = {
	{ .name = "generate", .arguments = "FILE", .summary = "make a key",
	  .details = "Writes the private key to FILE and, beside it, FILE.pub (ed25519) or the\n"
		     "certificate FILE.crt (rsa, ecdsa). Asks for a passphrase unless told not to.",
	  .options = generate_options, .least = 1, .most = 1, .run = run_generate },
	{ .name = "show", .arguments = "KEY", .summary = "kind, keyid and public part of a key",
	  .options = show_options, .least = 1, .most = 1, .run = run_show },
	{ .name = "public", .arguments = "KEY FILE", .summary = "write the public part to a file",
	  .details = "KEY is a file or a URI such as pkcs11:object=ring-stable.",
	  .options = public_options, .least = 2, .most = 2, .run = run_public },
	{ .name = "certificate", .arguments = "KEY FILE",
	  .summary = "write a certificate for a module signing key that exists already",
	  .options = certificate_options, .least = 2, .most = 2, .run = run_certificate },
	{ .name = "enroll-mok", .arguments = "CERTIFICATE",
	  .summary = "have this machine's firmware trust a module signing key",
	  .details = "Runs 'mokutil --import', which asks for a one-time password that the\n"
		     "firmware wants to see again at the next boot.",
	  .least = 1, .most = 1, .run = run_enroll },
	{ 0 },
};
