// SPDX-License-Identifier: GPL-2.0-or-later
/* What a module says of itself, against the kernel and against what it does. */
#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "proof/audit_private.h"
#include "target/btf.h"
#include "target/modules.h"

#define SIGNATURE_MAGIC "~Module signature appended~\n" /* include/linux/module_signature.h */
#define MODULE_SIZE_LIMIT ((size_t)64 << 20)
/* struct modversion_info (include/linux/module.h): unsigned long crc, then the name. */
#define VERSION_SIZE 64
#define VERSION_NAME 8

static bool fact_is(const struct audit_work *work, const char *key, const char *value)
{
	const char *fact = livepatch_fact(&work->livepatch, key);

	return fact && !strcmp(fact, value);
}

/* struct module.name, at the place that the kernel's own types say. */
static void check_struct_module(struct audit_work *work, const char *name)
{
	const struct elf_section *section =
		object_find_section(work->module, ".gnu.linkonce.this_module");
	struct btf *btf = NULL;
	uint64_t size, offset;
	struct error err;

	if (!section || !section->data) {
		audit_fail(work, "there is no struct module in it");
		return;
	}
	if (btf_open(work->request->kernel->vmlinux, &btf, &err) < 0 ||
	    btf_struct_size(btf, "module", &size, &err) < 0 ||
	    btf_member_offset(btf, "module", "name", &offset, &err) < 0) {
		audit_note(work, "struct module of this kernel is not known: %s", err.msg);
	} else if (section->size != size) {
		audit_fail(work, "its struct module has %ju bytes, the kernel's %ju",
			   (uintmax_t)section->size, (uintmax_t)size);
	} else if (!name || strlen(name) + 1 > size - offset ||
		   strcmp((const char *)section->data + offset, name)) {
		audit_fail(work, "struct module has another name than .modinfo");
	}
	btf_free(btf);
}

/* A compiler leaves out a struct klp_patch that nothing uses, so that the call is what to look for. */
static void check_does_something(struct audit_work *work)
{
	const struct livepatch *livepatch = &work->livepatch;
	bool registers = false;

	for (size_t i = 0; i < work->module->symbol_count; i++)
		registers |= !work->module->symbols[i]->section &&
			     !strcmp(work->module->symbols[i]->name, "klp_enable_patch");
	if (!registers)
		audit_fail(work, "it never calls klp_enable_patch(): loading it would patch nothing");
	else if (!livepatch->count && !livepatch->callback_count)
		audit_fail(work, "it replaces no function and has no callback");
}

void audit_identity(struct audit_work *work)
{
	const char *name = livepatch_fact(&work->livepatch, "name");
	const char *build_id = livepatch_fact(&work->livepatch, "suture.kernel_build_id");
	const struct kernel *kernel = work->request->kernel;
	static const char *const licences[] = { "GPL", "GPL v2", "GPL and additional rights",
						"Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL" };
	bool free_enough = false;

	if (!work->livepatch.is_livepatch)
		audit_fail(work, ".modinfo does not say livepatch=Y: the kernel would take it for an ordinary module");
	/* license_is_gpl_compatible(), include/linux/license.h */
	for (size_t i = 0; i < ARRAY_SIZE(licences); i++)
		free_enough |= fact_is(work, "license", licences[i]);
	if (!free_enough)
		audit_fail(work, "its licence does not allow the exports that livepatches need");
	if (!name)
		audit_fail(work, ".modinfo has no name");
	check_struct_module(work, name);
	if (!build_id)
		audit_note(work, "it does not say for which build of the kernel it was made");
	else if (kernel->id.build_id && strcmp(build_id, kernel->id.build_id))
		audit_fail(work, "it was made for the kernel with build-id %.40s, this one has %.40s",
			   build_id, kernel->id.build_id);
	check_does_something(work);
}

/* .modinfo of some module that came with the kernel. Caller frees; NULL: there is none. */
static char *shipped_vermagic(const struct kernel *kernel)
{
	auto_free char *order = path_join(kernel->modules, "modules.order");
	auto_buffer struct buffer text = BUFFER_INIT;
	auto_buffer struct buffer bytes = BUFFER_INIT;
	auto_text_list struct text_list lines = { 0 };
	auto_object struct object *module = NULL;
	auto_livepatch struct livepatch facts = { 0 };
	auto_free char *path = NULL;
	auto_free char *name = NULL;
	const char *vermagic;
	struct error err;

	if (file_read(order, (size_t)8 << 20, &text, &err) < 0)
		return NULL;
	text_list_split(&lines, buffer_text(&text), "\n");
	if (!lines.count)
		return NULL;
	name = xstrdup(path_base(lines.items[0]));
	name[strcspn(name, ".")] = 0;
	if (module_find(kernel, name, &path, &err) < 0 || module_read(path, &bytes, &err) < 0 ||
	    object_parse(bytes.data, bytes.size, path, 0, &module, &err) < 0 ||
	    livepatch_parse(module, &facts, &err) < 0)
		return NULL;
	vermagic = livepatch_fact(&facts, "vermagic");
	return vermagic ? xstrdup(vermagic) : NULL;
}

void audit_vermagic(struct audit_work *work)
{
	const char *ours = livepatch_fact(&work->livepatch, "vermagic");
	auto_free char *theirs = shipped_vermagic(work->request->kernel);

	if (!ours)
		audit_fail(work, ".modinfo has no vermagic");
	else if (!theirs)
		audit_note(work, "the kernel has no module at hand to compare with");
	else if (strcmp(ours, theirs))
		audit_fail(work, "it is '%s', the kernel's own modules have '%s'", ours, theirs);
}

static bool is_used(const struct elf_symbol *symbol)
{
	return !symbol->section && symbol->special == SHN_UNDEF && *symbol->name;
}

static const uint8_t *find_version(const struct elf_section *versions, const char *name)
{
	for (uint64_t i = 0; versions && versions->data && i + VERSION_SIZE <= versions->size;
	     i += VERSION_SIZE) {
		const char *entry = (const char *)versions->data + i + VERSION_NAME;

		if (strnlen(entry, VERSION_SIZE - VERSION_NAME) < VERSION_SIZE - VERSION_NAME &&
		    !strcmp(entry, name))
			return versions->data + i;
	}
	return NULL;
}

static void check_version(struct audit_work *work, const struct elf_section *versions,
			  const char *name)
{
	const struct export *export = symvers_find(work->symvers, name);
	const uint8_t *entry = find_version(versions, name);
	uint64_t crc;

	if (!export) {
		audit_fail(work, "it uses %s, which this kernel does not export", name);
		return;
	}
	if (strcmp(export->owner, "vmlinux"))
		audit_fail(work, "it uses %s, which the module %s exports", name, export->owner);
	if (!versions)
		return;
	if (!entry) {
		audit_fail(work, "there is no checksum for %s", name);
		return;
	}
	memcpy(&crc, entry, sizeof(crc));
	if (crc != export->crc)
		audit_fail(work, "the checksum of %s is 0x%08jx, the kernel's 0x%08x", name,
			   (uintmax_t)crc, export->crc);
}

void audit_versions(struct audit_work *work)
{
	const struct elf_section *versions = object_find_section(work->module, "__versions");

	if (!versions)
		audit_note(work, "there is no table of checksums: a kernel with MODVERSIONS refuses it");
	else if (versions->size % VERSION_SIZE)
		audit_fail(work, "__versions has a broken size");
	for (size_t i = 0; i < work->module->symbol_count; i++)
		if (is_used(work->module->symbols[i]))
			check_version(work, versions, work->module->symbols[i]->name);
	if (versions)
		check_version(work, versions, "module_layout");
}

void audit_namespaces(struct audit_work *work)
{
	for (size_t i = 0; i < work->module->symbol_count; i++) {
		const struct elf_symbol *symbol = work->module->symbols[i];
		const struct export *export =
			is_used(symbol) ? symvers_find(work->symvers, symbol->name) : NULL;

		if (!export || !*export->namespace)
			continue;

		auto_free char *fact = xasprintf("import_ns=%s", export->namespace);

		if (!text_list_has(&work->livepatch.facts, fact))
			audit_fail(work, "%s is in the namespace %s, which is not imported",
				   export->name, export->namespace);
	}
}

/* modprobe.d(5), modules.dep(5); aliases are what udev loads modules by. */
static void check_load_fact(struct audit_work *work, const char *fact)
{
	static const char *const keys[] = { "depends=", "softdep=", "weakdep=" };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (has_prefix(fact, keys[i]) && fact[strlen(keys[i])])
			audit_fail(work, "modprobe would load %s with it", fact + strlen(keys[i]));
	if (has_prefix(fact, "alias="))
		audit_fail(work, "it would be loaded by itself, for %s", fact + strlen("alias="));
}

/* Of keys that the loader takes one of, it takes the first (get_modinfo() in kernel/module/main.c),
 * and other programs the last. */
static void check_single(struct audit_work *work, size_t i)
{
	static const char *const keys[] = { "license=", "vermagic=", "name=", "livepatch=",
					    "depends=", "retpoline=", "suture.patch=",
					    "suture.kernel_build_id=" };
	const struct text_list *facts = &work->livepatch.facts;

	for (size_t k = 0; k < ARRAY_SIZE(keys); k++)
		for (size_t other = 0; has_prefix(facts->items[i], keys[k]) && other < i; other++)
			if (has_prefix(facts->items[other], keys[k]))
				audit_fail(work, ".modinfo says %s twice", facts->items[i]);
}

void audit_depends(struct audit_work *work)
{
	for (size_t i = 0; i < work->livepatch.facts.count; i++) {
		check_load_fact(work, work->livepatch.facts.items[i]);
		check_single(work, i);
	}
}

void audit_signature(struct audit_work *work)
{
	size_t length = strlen(SIGNATURE_MAGIC);
	const uint8_t *data = work->request->data;
	size_t size = work->request->size;

	if (size > length && !memcmp(data + size - length, SIGNATURE_MAGIC, length))
		audit_note(work, "it is signed; whether a machine trusts the key is not known here");
	else
		audit_note(work, "it is not signed: a machine that enforces signatures or is locked down refuses it");
}

static void check_manifest_functions(struct audit_work *work, const json_value *list)
{
	const struct livepatch *livepatch = &work->livepatch;

	if (json_count(list) != livepatch->count)
		audit_fail(work, "it names %zu functions, the module replaces %zu", json_count(list),
			   livepatch->count);
	for (size_t i = 0; i < json_count(list); i++) {
		const json_value *item = json_at(list, i);
		const char *name = json_get_text(item, "name", "");
		const char *object = json_get_text(item, "object", "");
		int64_t sympos = json_get_int(item, "sympos", -1);
		bool found = false;

		for (size_t k = 0; k < livepatch->count; k++)
			found |= !strcmp(livepatch->functions[k].name, name) &&
				 !strcmp(livepatch->functions[k].object, object) &&
				 (int64_t)livepatch->functions[k].sympos == sympos;
		if (!found)
			audit_fail(work, "it names %s %s,%jd, which the module does not replace",
				   object, name, (intmax_t)sympos);
	}
}

void audit_manifest(struct audit_work *work)
{
	const json_value *manifest = work->request->manifest;
	char digest[DIGEST_HEX_SIZE];
	const char *wanted, *build_id;

	if (!manifest) {
		audit_note(work, "there is no manifest to compare with: which functions it should replace is not known");
		return;
	}
	digest_bytes(work->request->data, work->request->size, digest);
	wanted = json_get_text(json_get(manifest, "module"), "sha256", "");
	if (strcmp(digest, wanted))
		audit_fail(work, "it is about another file: SHA-256 %s, this one has %s", wanted,
			   digest);
	check_manifest_functions(work, json_get(manifest, "functions"));
	build_id = json_get_text(json_get(manifest, "kernel"), "build_id", NULL);
	if (build_id && work->request->kernel->id.build_id &&
	    strcmp(build_id, work->request->kernel->id.build_id))
		audit_fail(work, "it is for the kernel with build-id %s", build_id);
}
