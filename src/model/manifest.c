// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/manifest.h"

#include <ctype.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"

void manifest_clear(struct manifest *manifest)
{
	for (size_t i = 0; i < manifest->function_count; i++) {
		free(manifest->functions[i].name);
		free(manifest->functions[i].object);
		free(manifest->functions[i].unit);
	}
	for (size_t i = 0; i < manifest->callback_count; i++) {
		free(manifest->callbacks[i].object);
		free(manifest->callbacks[i].kind);
		free(manifest->callbacks[i].function);
	}
	for (size_t i = 0; i < manifest->source_count; i++)
		free(manifest->sources[i].path);
	free(manifest->callbacks);
	free(manifest->states);
	free(manifest->functions);
	free(manifest->sources);
	free(manifest->name);
	free(manifest->module);
	free(manifest->file);
	free(manifest->toolchain);
	free(manifest->proof);
	json_free(manifest->proof_details);
	json_free(manifest->code);
	kernel_id_clear(&manifest->kernel);
	text_list_clear(&manifest->cves);
	text_list_clear(&manifest->fixed_in_kernel);
	text_list_clear(&manifest->notes);
	finding_list_clear(&manifest->findings);
	*manifest = (struct manifest){ 0 };
}

void manifest_add_function(struct manifest *manifest, const char *name, const char *object,
			   const char *unit, unsigned sympos, uint64_t size)
{
	ARRAY_GROW(manifest->functions, manifest->function_capacity, manifest->function_count + 1);
	manifest->functions[manifest->function_count++] = (struct manifest_function){
		.name = xstrdup(name),
		.object = xstrdup(object),
		.unit = xstrdup(unit),
		.sympos = sympos,
		.size = size,
	};
}

void manifest_add_callback(struct manifest *manifest, const char *object, const char *kind,
			   const char *function)
{
	ARRAY_GROW(manifest->callbacks, manifest->callback_capacity, manifest->callback_count + 1);
	manifest->callbacks[manifest->callback_count++] = (struct manifest_callback){
		.object = xstrdup(object),
		.kind = xstrdup(kind),
		.function = xstrdup(function),
	};
}

void manifest_add_state(struct manifest *manifest, uint64_t id, uint32_t version)
{
	ARRAY_GROW(manifest->states, manifest->state_capacity, manifest->state_count + 1);
	manifest->states[manifest->state_count++] = (struct manifest_state){ id, version };
}

int manifest_add_source(struct manifest *manifest, const char *path, struct error *err)
{
	struct manifest_source source;

	if (digest_file(path, source.digest, err) < 0)
		return -1;
	source.path = xstrdup(path_base(path));
	ARRAY_GROW(manifest->sources, manifest->source_capacity, manifest->source_count + 1);
	manifest->sources[manifest->source_count++] = source;
	return 0;
}

static size_t count_digits(const char *text)
{
	size_t count = 0;

	while (isdigit((unsigned char)text[count]))
		count++;
	return count;
}

/* How long the CVE id is that the text begins with; 0: it does not. */
static size_t cve_length(const char *text)
{
	size_t year = has_prefix(text, "CVE-") ? count_digits(text + 4) : 0;
	size_t number = year == 4 && text[8] == '-' ? count_digits(text + 9) : 0;

	return number >= 4 && number <= 10 ? 9 + number : 0;
}

bool is_cve_id(const char *text)
{
	return *text && cve_length(text) == strlen(text);
}

void manifest_find_cves(struct manifest *manifest, const char *text)
{
	for (; (text = strstr(text, "CVE-")); text += 4) {
		auto_free char *cve = xstrndup(text, cve_length(text));

		if (*cve && !text_list_has(&manifest->cves, cve))
			text_list_add(&manifest->cves, cve);
	}
}

int manifest_describe_module(struct manifest *manifest, const char *path, struct error *err)
{
	struct stat info;

	if (stat(path, &info) < 0)
		return error_errno(err, "cannot read %s", path);
	manifest->size = (uint64_t)info.st_size;
	free(manifest->file);
	manifest->file = xstrdup(path_base(path));
	return digest_file(path, manifest->digest, err);
}

static void write_module(const struct manifest *manifest, json_value *into)
{
	json_value *module = json_set_object(into, "module");

	json_set_text(module, "name", manifest->module);
	json_set_text(module, "file", manifest->file);
	json_set_text(module, "sha256", manifest->digest);
	json_set_int(module, "size", (int64_t)manifest->size);
}

static void write_functions(const struct manifest *manifest, json_value *into)
{
	json_value *functions = json_set_array(into, "functions");

	for (size_t i = 0; i < manifest->function_count; i++) {
		const struct manifest_function *function = &manifest->functions[i];
		json_value *item = json_add_object(functions);

		json_set_text(item, "name", function->name);
		json_set_text(item, "object", function->object);
		json_set_int(item, "sympos", function->sympos);
		json_set_text(item, "unit", function->unit);
		json_set_int(item, "size", (int64_t)function->size);
	}
}

static void write_records(const struct manifest *manifest, json_value *into)
{
	json_value *callbacks = json_set_array(into, "callbacks");
	json_value *states = json_set_array(into, "states");

	for (size_t i = 0; i < manifest->callback_count; i++) {
		json_value *item = json_add_object(callbacks);

		json_set_text(item, "object", manifest->callbacks[i].object);
		json_set_text(item, "kind", manifest->callbacks[i].kind);
		json_set_text(item, "function", manifest->callbacks[i].function);
	}
	for (size_t i = 0; i < manifest->state_count; i++) {
		json_value *item = json_add_object(states);

		json_set_int(item, "id", (int64_t)manifest->states[i].id);
		json_set_int(item, "version", manifest->states[i].version);
	}
}

static void write_origin(const struct manifest *manifest, json_value *into)
{
	json_value *sources = json_set_array(into, "sources");

	for (size_t i = 0; i < manifest->source_count; i++) {
		json_value *item = json_add_object(sources);

		json_set_text(item, "patch", manifest->sources[i].path);
		json_set_text(item, "sha256", manifest->sources[i].digest);
	}

	json_value *toolchain = json_set_object(into, "toolchain");

	json_set_text(toolchain, "compiler", manifest->toolchain);
	json_set_text(toolchain, "suture", SUTURE_VERSION);
}

static void write_texts(const struct text_list *texts, json_value *array)
{
	for (size_t i = 0; i < texts->count; i++)
		json_add_text(array, texts->items[i]);
}

void manifest_write(const struct manifest *manifest, json_value *into)
{
	json_set_int(into, "format", MANIFEST_FORMAT);
	json_set_text(into, "name", manifest->name);
	write_module(manifest, into);
	kernel_id_write(&manifest->kernel, json_set_object(into, "kernel"));

	write_texts(&manifest->cves, json_set_array(into, "cves"));
	write_texts(&manifest->fixed_in_kernel, json_set_array(into, "fixed_in_kernel"));
	if (manifest->notes.count)
		write_texts(&manifest->notes, json_set_array(into, "notes"));
	write_functions(manifest, into);
	write_records(manifest, into);
	/* "all": cumulative, it takes the place of any patch before. */
	json_set_text(into, "replaces", manifest->is_stacked ? "none" : "all");
	write_origin(manifest, into);

	json_value *proof = json_set_object(into, "proof");

	json_set_text(proof, "verdict", manifest->proof ? manifest->proof : "not attempted");
	if (manifest->proof_details)
		json_set_value(proof, "units", json_clone(manifest->proof_details));
	finding_list_write(&manifest->findings, json_set_array(into, "findings"));
}

int manifest_save(const struct manifest *manifest, const char *path, struct error *err)
{
	auto_json json_value *value = json_new_object();
	auto_buffer struct buffer text = BUFFER_INIT;

	manifest_write(manifest, value);
	json_write(value, &text);
	return file_write(path, text.data, text.size, 0666, false, err);
}
