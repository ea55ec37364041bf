// SPDX-License-Identifier: GPL-2.0-or-later
/* What a stranger sends to suture-server. The first line is the path below /repo/ or a bearer's text,
 * the second a header's value, the rest a body. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "server/bearer.h"
#include "server/event.h"
#include "server/exchange.h"
#include "server/files.h"
#include "server/machine.h"

static const char *header_value;

static const char *every_header(const struct exchange *exchange, const char *name)
{
	(void)exchange;
	(void)name;
	return header_value;
}

static void must(int result, const struct error *err)
{
	if (result < 0)
		fprintf(stderr, "%s\n", err->msg);
	MUST(result == 0);
}

static char folder[] = "/tmp/fuzz_request.XXXXXX";

static void remove_folder(void)
{
	struct error ignored;

	directory_remove(folder, &ignored);
}

/* A folder with a public file of ten bytes, beside one that is nobody's business. */
static const struct files *repository(void)
{
	static struct files *files;
	char path[sizeof(folder) + 32];
	struct error err = ERROR_INIT;

	if (files)
		return files;
	MUST(mkdtemp(folder) && atexit(remove_folder) == 0);
	snprintf(path, sizeof(path), "%s/secret", folder);
	must(file_write(path, "SECRET", 6, 0600, false, &err), &err);
	snprintf(path, sizeof(path), "%s/repo", folder);
	must(directory_make(path, &err), &err);
	must(files_open(path, &files, &err), &err);
	snprintf(path, sizeof(path), "%s/repo/a.json", folder);
	must(file_write(path, "0123456789", 10, 0644, false, &err), &err);
	snprintf(path, sizeof(path), "%s/repo/out", folder);
	MUST(symlink("../secret", path) == 0);
	return files;
}

static void ask_for_file(const char *name)
{
	struct exchange exchange = { .method = "GET", .header = every_header, .fd = -1 };

	files_answer(repository(), name, &exchange);
	MUST(exchange.status == 200 || exchange.status == 206 || exchange.status == 304 ||
	     exchange.status == 404 || exchange.status == 416);
	if (exchange.status == 200)
		MUST(exchange.length == 10 && exchange.answer.size == 10);
	if (exchange.status == 206)
		MUST(exchange.length && exchange.offset + exchange.length <= 10);
	if (exchange.answer.size >= 6)
		MUST(!strstr(buffer_text(&exchange.answer), "SECRET"));
	if (exchange.fd >= 0)
		close(exchange.fd);
	buffer_clear(&exchange.answer);
}

static void read_bearer(const char *text)
{
	struct bearer bearer;

	if (bearer_parse(API_TOKEN_PREFIX, text, &bearer))
		MUST(strlen(bearer.id) == API_ID_DIGITS && bearer_matches(&bearer, bearer.hash));
	if (is_machine_id(text))
		MUST(strlen(text) <= API_MACHINE_ID_MOST && !strpbrk(text, "/ \n\"'"));
}

static void read_events(const char *text, size_t size)
{
	auto_json json_value *value = NULL;
	struct event_list list = { 0 };
	struct error err = ERROR_INIT;

	if (json_parse(text, size, &value, &err) < 0)
		return;
	if (event_list_parse(value, &list, &err) == 0)
		MUST(list.count && list.count <= API_EVENTS_LIMIT);
	else
		MUST(err.code != ERROR_NONE && err.msg[0]);
	for (size_t i = 0; i < list.count; i++)
		MUST(!list.items[i].text || !strchr(list.items[i].text, '\n'));
	event_list_clear(&list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_free char *text = xstrndup((const char *)data, size);
	char *rest = text, *first = strsep(&rest, "\n");

	header_value = rest ? strsep(&rest, "\n") : NULL;
	ask_for_file(first);
	read_bearer(first);
	if (rest)
		read_events(rest, strlen(rest));
	return 0;
}
