// SPDX-License-Identifier: GPL-2.0-or-later
#include "runtime/probes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

#define EVENTS_LIMIT ((size_t)16 << 20)

/* kprobe_events takes appended lines; each is a definition or, with "-:", a removal. */
static int write_event(const struct probes *probes, const char *text, struct error *err)
{
	auto_free char *path = xasprintf("%s/kprobe_events", probes->tracefs);
	auto_close int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	size_t size = strlen(text);

	if (fd < 0)
		return error_errno(err, "cannot open %s", path);
	if (write(fd, text, size) != (ssize_t)size)
		return error_errno(err, "cannot write '%s' to %s", text, path);
	return 0;
}

bool probes_add(const struct probes *probes, char kind, size_t index, uint64_t address)
{
	auto_free char *text = xasprintf("p:%s/suture_%c%zu 0x%jx\n", probes->group, kind, index,
					 (uintmax_t)address);
	struct error dropped;

	return address && write_event(probes, text, &dropped) == 0;
}

/* 5 bytes in, or 9 where an ENDBR stands before the call. The kernel refuses an address inside an
 * instruction, so trying is safe. */
bool probes_add_body(const struct probes *probes, char kind, size_t index, uint64_t address)
{
	return address && (probes_add(probes, kind, index, address + 5) ||
			   probes_add(probes, kind, index, address + 9));
}

void probes_switch(const struct probes *probes, char kind, size_t index, bool on)
{
	struct error dropped;

	sysroot_write(probes->root, on ? "1" : "0", &dropped,
		      "%s/instances/%s/events/%s/suture_%c%zu/enable", probes->tracefs,
		      probes->group, probes->group, kind, index);
}

void probes_end(const struct probes *probes)
{
	auto_free char *events = xasprintf("%s/kprobe_events", probes->tracefs);
	auto_free char *instance = xasprintf("%s/instances/%s", probes->tracefs, probes->group);
	auto_free char *mark = xasprintf(":%s/", probes->group);
	auto_buffer struct buffer text = BUFFER_INIT;
	auto_text_list struct text_list lines = { 0 };
	struct error dropped;

	sysroot_write(probes->root, "0", &dropped, "%s/events/%s/enable", instance, probes->group);
	rmdir(instance);
	if (file_read(events, EVENTS_LIMIT, &text, &dropped) < 0)
		return;
	text_list_split(&lines, buffer_text(&text), "\n");
	for (size_t i = 0; i < lines.count; i++) {
		const char *found = strstr(lines.items[i], mark);

		if (!found)
			continue;

		auto_free char *removal = xasprintf("-%.*s\n", (int)strcspn(found, " "), found);

		write_event(probes, removal, &dropped);
	}
}

int probes_begin(const struct probes *probes, struct error *err)
{
	auto_free char *instance = xasprintf("%s/instances/%s", probes->tracefs, probes->group);

	probes_end(probes);
	if (mkdir(instance, 0700) < 0 && errno != EEXIST)
		return error_errno(err, "cannot make the trace instance %s", instance);
	return sysroot_write(probes->root, "0", err, "%s/tracing_on", instance);
}

/* Lines "  suture_e0     1     0": event, hits, misses. Two groups may have events of one name, but
 * the file does not tell them apart: the letters differ. */
int probes_read(const struct probes *probes,
		void (*visit)(void *user, char kind, size_t index, long long hits), void *user,
		struct error *err)
{
	auto_free char *path = xasprintf("%s/kprobe_profile", probes->tracefs);
	auto_buffer struct buffer text = BUFFER_INIT;
	auto_text_list struct text_list lines = { 0 };

	if (file_read(path, EVENTS_LIMIT, &text, err) < 0)
		return -1;
	text_list_split(&lines, buffer_text(&text), "\n");
	for (size_t i = 0; i < lines.count; i++) {
		size_t index;
		long long hits;
		char kind;

		if (sscanf(lines.items[i], " suture_%c%zu %lld", &kind, &index, &hits) == 3)
			visit(user, kind, index, hits);
	}
	return 0;
}
