// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/config.h"

#include <string.h>

#include "base/file.h"
#include "base/map.h"
#include "base/memory.h"

#define CONFIG_LIMIT ((size_t)8 << 20)

struct config {
	struct map *values; /* option to text, in the arena */
	struct arena *arena;
};

void config_free(struct config *config)
{
	if (!config)
		return;
	map_free(config->values);
	arena_free(config->arena);
	free(config);
}

static int parse_line(struct config *config, char *line, struct error *err)
{
	char *value = strchr(line, '=');

	if (line[0] == '#')
		return 0;
	if (!has_prefix(line, "CONFIG_") || !value)
		return error_set(err, ERROR_INVALID, "'%.80s' is no line of a kernel configuration",
				 line);
	*value++ = 0;
	map_set(config->values, line, arena_strdup(config->arena, value));
	return 0;
}

int config_parse(const char *text, struct config **ret_config, struct error *err)
{
	auto_config struct config *config = xcalloc(1, sizeof(*config));
	auto_text_list struct text_list lines = { 0 };

	config->values = map_new();
	config->arena = arena_new();
	text_list_split(&lines, text, "\r\n");
	for (size_t i = 0; i < lines.count; i++)
		if (parse_line(config, lines.items[i], err) < 0)
			return -1;
	*ret_config = steal_ptr(config);
	return 0;
}

int config_read(const char *path, struct config **ret_config, struct error *err)
{
	auto_buffer struct buffer text = BUFFER_INIT;

	if (file_read(path, CONFIG_LIMIT, &text, err) < 0)
		return -1;
	if (config_parse(buffer_text(&text), ret_config, err) < 0)
		return error_context(err, "%s", path);
	return 0;
}

const char *config_get(const struct config *config, const char *option)
{
	return map_find(config->values, option);
}

int config_compiler_text(const struct config *config, char **ret_text, struct error *err)
{
	const char *value = config_get(config, "CONFIG_CC_VERSION_TEXT");
	size_t length = value ? strlen(value) : 0;

	if (length < 3 || value[0] != '"' || value[length - 1] != '"')
		return error_set(err, ERROR_INVALID,
				 "the configuration does not say which compiler made the kernel "
				 "(CONFIG_CC_VERSION_TEXT)");
	*ret_text = xstrndup(value + 1, length - 2);
	return 0;
}

static const struct unsupported {
	const char *option, *refusal;
} unsupported[] = {
	{ "CONFIG_LTO_CLANG", "lto: its objects hold intermediate code, not machine code" },
	{ "CONFIG_CFI_CLANG", "unknown-section: each of its functions has a type before its first "
			      "byte that indirect calls check, and no livepatch of suture has" },
	{ "CONFIG_RANDSTRUCT", "layout-changed: its structures are in an order that a seed gives, which "
			       "is not published" },
};

int config_check_supported(const struct config *config, struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(unsupported); i++)
		if (config_get(config, unsupported[i].option))
			return error_set(err, ERROR_REFUSED, "%s (the kernel has %s)",
					 unsupported[i].refusal, unsupported[i].option);
	return 0;
}

/*
 * Options that may differ because no unit's code depends on them. Debian leaves the first four out
 * of the configuration that it ships (debian/rules.real); the others say what was found on the
 * machine that configured: the compiler's name (its version is checked by itself), rustc, pahole.
 * One that ends with '*' stands for all that begin so.
 */
static const char *const harmless[] = {
	"CONFIG_BUILD_SALT",
	"CONFIG_MODULE_SIG_ALL",
	"CONFIG_MODULE_SIG_KEY",
	"CONFIG_SYSTEM_TRUSTED_KEYS",
	"CONFIG_CC_VERSION_TEXT",
	"CONFIG_RUSTC_*", /* Rust units are refused by name */
	"CONFIG_RUST_IS_AVAILABLE",
	"CONFIG_BINDGEN_VERSION_TEXT",
	"CONFIG_PAHOLE_*", /* flags of the BTF encoder, which runs when a vmlinux is linked */
	"CONFIG_CC_CAN_LINK", /* can programs for user space be linked here */
	"CONFIG_CC_CAN_LINK_STATIC",
	"CONFIG_TOOLS_SUPPORT_RELR", /* arm64's vmlinux link */
};

static bool is_harmless(const char *option)
{
	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++) {
		size_t length = strlen(harmless[i]);

		if (harmless[i][length - 1] == '*' ? !strncmp(option, harmless[i], length - 1) :
						     !strcmp(option, harmless[i]))
			return true;
	}
	return false;
}

static void add_difference(const char *option, const char *shipped, const char *made,
			   struct text_list *into)
{
	if (shipped && made && !strcmp(shipped, made))
		return;
	if (!is_harmless(option))
		text_list_printf(into, "%s: %s, shipped %s", option, made ? made : "not set",
				 shipped ? shipped : "not set");
}

void config_compare(const struct config *shipped, const struct config *made,
		    struct text_list *into)
{
	for (size_t i = 0; i < map_count(shipped->values); i++) {
		const char *option = map_key(shipped->values, i);

		add_difference(option, map_value(shipped->values, i), config_get(made, option),
			       into);
	}
	for (size_t i = 0; i < map_count(made->values); i++) {
		const char *option = map_key(made->values, i);

		if (!map_has(shipped->values, option))
			add_difference(option, NULL, map_value(made->values, i), into);
	}
}
