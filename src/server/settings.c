// SPDX-License-Identifier: GPL-2.0-or-later
#include "server/settings.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

#define FILE_LIMIT ((size_t)64 << 10)

static char *copy(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

void settings_init(struct settings *settings)
{
#define X(name, key, otherwise, help) settings->name = copy(otherwise);
	SETTING_TEXTS(X)
#undef X
#define X(name, key, otherwise, least, most, help) settings->name = otherwise;
	SETTING_NUMBERS(X)
#undef X
}

void settings_clear(struct settings *settings)
{
#define X(name, key, otherwise, help) free(settings->name);
	SETTING_TEXTS(X)
#undef X
	*settings = (struct settings){ 0 };
}

static int set_number(uint64_t *number, const char *key, const char *value, uint64_t least,
		      uint64_t most, struct error *err)
{
	uint64_t given;

	if (text_to_u64(value, &given, err) < 0 || given < least || given > most)
		return error_set(err, ERROR_INVALID,
				 "%s takes a whole number from %ju to %ju, not '%.40s'", key,
				 (uintmax_t)least, (uintmax_t)most, value);
	*number = given;
	return 0;
}

static void set_text(char **text, const char *value)
{
	free(*text);
	*text = *value ? xstrdup(value) : NULL;
}

int settings_set(struct settings *settings, const char *key_given, const char *value,
		 struct error *err)
{
#define X(name, key, otherwise, help)                    \
	if (!strcmp(key_given, key)) {                   \
		set_text(&settings->name, value);        \
		return 0;                                \
	}
	SETTING_TEXTS(X)
#undef X
#define X(name, key, otherwise, least, most, help)       \
	if (!strcmp(key_given, key))                     \
		return set_number(&settings->name, key, value, least, most, err);
	SETTING_NUMBERS(X)
#undef X
	return error_set(err, ERROR_INVALID,
			 "there is no key '%.40s'; suture-server.conf(5) has a list", key_given);
}

/* Cuts white space off both ends, in place. */
static char *trim(char *text)
{
	size_t length;

	text += strspn(text, " \t\r");
	length = strlen(text);
	while (length && strchr(" \t\r", text[length - 1]))
		text[--length] = 0;
	return text;
}

static int read_line(struct settings *settings, char *line, struct error *err)
{
	char *equals;

	line = trim(line);
	if (!*line || *line == '#')
		return 0;
	equals = strchr(line, '=');
	if (!equals)
		return error_set(err, ERROR_INVALID, "'key = value' is wanted");
	*equals = 0;
	return settings_set(settings, trim(line), trim(equals + 1), err);
}

int settings_read(const char *path, struct settings *settings, struct error *err)
{
	auto_buffer struct buffer file = BUFFER_INIT;
	char *next, *line;
	unsigned number = 0;

	if (file_read(path, FILE_LIMIT, &file, err) < 0)
		return -1;
	buffer_add_char(&file, 0);
	next = (char *)file.data;
	while ((line = strsep(&next, "\n"))) {
		number++;
		if (read_line(settings, line, err) < 0)
			return error_context(err, "%s:%u", path, number);
	}
	return 0;
}

bool is_loopback(const char *listen)
{
	/* All of 127/8, but no name that begins like it. */
	return (has_prefix(listen, "127.") && listen[strspn(listen, "0123456789.")] == ':') ||
	       has_prefix(listen, "[::1]:") || has_prefix(listen, "localhost:");
}

/* As inet_ntop(3) writes it, so that addresses can be compared as texts. */
static bool is_plain_address(const char *text)
{
	char again[INET6_ADDRSTRLEN];
	struct in6_addr ipv6;
	struct in_addr ipv4;

	if (inet_pton(AF_INET, text, &ipv4) == 1)
		return inet_ntop(AF_INET, &ipv4, again, sizeof(again)) && !strcmp(text, again);
	return inet_pton(AF_INET6, text, &ipv6) == 1 && !IN6_IS_ADDR_V4MAPPED(&ipv6) &&
	       inet_ntop(AF_INET6, &ipv6, again, sizeof(again)) && !strcmp(text, again);
}

int settings_check(const struct settings *settings, struct error *err)
{
	if (settings->trusted_proxy && !is_plain_address(settings->trusted_proxy))
		return error_set(err, ERROR_USAGE, "trusted-proxy is one address, such as 127.0.0.1 or "
				 "::1, without a port and in its short form");
	if (!settings->listen || !settings->database)
		return error_set(err, ERROR_USAGE, "listen and database must not be empty");
	if (!settings->certificate != !settings->key)
		return error_set(err, ERROR_USAGE,
				 "certificate and key are given together (--cert, --key)");
	if (!settings->certificate && !is_loopback(settings->listen))
		return error_set(err, ERROR_USAGE,
				 "without a certificate (--cert, --key) credentials would go in "
				 "clear over the network: listen on 127.0.0.1, behind a proxy that "
				 "does TLS, or give one");
	if (!settings->metrics_from || (strcmp(settings->metrics_from, "local") &&
					strcmp(settings->metrics_from, "any")))
		return error_set(err, ERROR_USAGE, "metrics-from is local or any");
	return 0;
}
