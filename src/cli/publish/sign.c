// SPDX-License-Identifier: GPL-2.0-or-later
/* suture sign: the signature that kernels look for behind a module. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/packed.h"
#include "cli/publish/commands.h"
#include "cli/publish/keys.h"
#include "seal/certificate.h"
#include "seal/module_signature.h"

#define MODULE_LIMIT (256u << 20)

const struct option_row sign_options[] = {
	{ .name = "key", .argument = "KEY",
	  .help = "the private key, RSA or ECDSA: a file or a URI" },
	{ .name = "certificate", .letter = 'c', .argument = "FILE",
	  .help = "the certificate that the kernel knows the key by" },
	PASSPHRASE_OPTION,
	{ .name = "hash", .argument = "NAME", .help = "sha256 (default), sha384 or sha512" },
	{ .name = "output", .letter = 'o', .argument = "FILE",
	  .help = "write here instead of into the module" },
	{ .name = "replace", .help = "replace a signature that is there already" },
	{ .name = "verify", .help = "sign nothing: check the signature with --certificate" },
	{ .name = "show", .help = "sign nothing: say who signed, unverified" },
	{ .name = "json", .help = "with --show: print JSON" },
	{ 0 },
};

static int show(const struct args *args, const struct mapping *module, struct error *err)
{
	auto_module_signer struct module_signer signer = { 0 };
	auto_json json_value *facts = json_new_object();
	struct module_signature parts;

	if (module_signature_find(module->data, module->size, &parts, err) < 0)
		return -1;
	if (parts.message_size &&
	    module_signature_signer(module->data, module->size, &signer, err) < 0)
		return -1;
	json_set_bool(facts, "signed", parts.message_size > 0);
	json_set_text(facts, "issuer", signer.issuer);
	json_set_text(facts, "serial", signer.serial);
	json_set_text(facts, "hash", signer.hash);
	if (args_has(args, "json"))
		print_json(facts);
	else if (!parts.message_size)
		printf("not signed\n");
	else
		printf("signer  %s\nserial  %s\nhash    %s\n", signer.issuer, signer.serial,
		       signer.hash);
	return 0;
}

static int verify(const struct args *args, const struct mapping *module, struct error *err)
{
	auto_certificate struct certificate *certificate = NULL;
	const char *path = args_text(args, "certificate");

	if (!path)
		return error_set(err, ERROR_USAGE, "--verify needs --certificate FILE");
	if (certificate_open(path, &certificate, err) < 0 ||
	    module_signature_verify(module->data, module->size, certificate, err) < 0)
		return -1;
	printf("the signature is good\n");
	return 0;
}

/* elf(5), e_ident. What is signed in place by mistake, a manifest say, is a damaged one. */
static const uint8_t elf_magic[] = { 0x7f, 'E', 'L', 'F' };

static int sign(const struct args *args, const struct mapping *module, struct error *err)
{
	auto_certificate struct certificate *certificate = NULL;
	auto_keys struct keys keys = { 0 };
	auto_buffer struct buffer into = BUFFER_INIT;
	struct module_signature parts;
	const char *output = args_text(args, "output");
	const char *path = args_text(args, "certificate");

	if (!path)
		return error_set(err, ERROR_USAGE,
				 "signing needs --key KEY and --certificate FILE");
	if (module_signature_find(module->data, module->size, &parts, err) < 0)
		return -1;
	if (parts.message_size && !args_has(args, "replace"))
		return error_set(err, ERROR_INVALID,
				 "the module is signed already; --replace puts the new signature "
				 "in place of the old");
	if (packed_advice(module->data, module->size))
		return error_set(err, ERROR_INVALID, "%s; the kernel looks for the signature inside",
				 packed_advice(module->data, module->size));
	if (module->size < sizeof(elf_magic) || memcmp(module->data, elf_magic, sizeof(elf_magic)))
		return error_set(err, ERROR_INVALID,
				 "it is no module: kernel modules are ELF files and end in .ko");
	if (certificate_open(path, &certificate, err) < 0 || keys_open(args, &keys, err) < 0)
		return -1;
	if (keys.count != 1)
		return error_set(err, ERROR_USAGE, "a module has one signature: give --key once");
	if (module_sign(module->data, parts.content_size, keys.items[0], certificate,
			args_text(args, "hash"), &into, err) < 0)
		return -1;
	return file_write(output ? output : args->words[0], into.data, into.size, 0644, false, err);
}

int run_sign(const struct args *args, struct error *err)
{
	auto_mapping struct mapping module = { 0 };
	int result;

	if (mapping_open(args->words[0], MODULE_LIMIT, &module, err) < 0)
		return -1;
	if (args_has(args, "show"))
		result = show(args, &module, err);
	else if (args_has(args, "verify"))
		result = verify(args, &module, err);
	else
		result = sign(args, &module, err);
	return result < 0 ? error_context(err, "%s", args->words[0]) : 0;
}
