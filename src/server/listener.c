// SPDX-License-Identifier: GPL-2.0-or-later
#include "server/listener.h"

#include <errno.h>
#include <netdb.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

#define BACKLOG 1024

/* "[::1]:443" to "::1" and "443"; caller frees both. */
static int split(const char *where, char **ret_host, char **ret_port, struct error *err)
{
	const char *colon = strrchr(where, ':'), *first = where, *end = colon;

	if (!colon || colon == where || !colon[1])
		return error_set(err, ERROR_USAGE, "'%.80s' is not ADDRESS:PORT", where);
	if (*first == '[' && end[-1] == ']') {
		first++;
		end--;
	}

	uint64_t port;
	struct error ignored;

	/* getaddrinfo(3) cuts a larger one to 16 bits. */
	if (text_to_u64(colon + 1, &port, &ignored) < 0 || port > UINT16_MAX)
		return error_set(err, ERROR_USAGE, "'%.80s': a port is a number from 0 to 65535",
				 where);
	*ret_host = xstrndup(first, (size_t)(end - first));
	*ret_port = xstrdup(colon + 1);
	return 0;
}

static int open_address(const struct addrinfo *address)
{
	const int on = 1, off = 0;
	int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (address->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
		return fd;

	int reason = errno;

	close(fd);
	errno = reason;
	return -1;
}

static char *name_of(int fd)
{
	struct sockaddr_storage address;
	socklen_t size = sizeof(address);
	char host[64], port[16];

	if (getsockname(fd, (struct sockaddr *)&address, &size) < 0 ||
	    getnameinfo((struct sockaddr *)&address, size, host, sizeof(host), port, sizeof(port),
			NI_NUMERICHOST | NI_NUMERICSERV))
		return xstrdup("?");
	return xasprintf(address.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
}

int listener_open(const char *where, int *ret_fd, char **ret_where, struct error *err)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
					.ai_flags = AI_PASSIVE | AI_NUMERICSERV };
	auto_free char *host = NULL, *port = NULL;
	struct addrinfo *found = NULL;
	int fd = -1, failed;

	if (split(where, &host, &port, err) < 0)
		return -1;
	failed = getaddrinfo(host, port, &hints, &found);
	if (failed)
		return error_set(err, ERROR_USAGE, "'%.80s' is no address to listen on: %s", where,
				 gai_strerror(failed));
	for (const struct addrinfo *next = found; next && fd < 0; next = next->ai_next)
		fd = open_address(next);
	freeaddrinfo(found);
	if (fd < 0)
		return error_errno(err, "cannot listen on %s", where);
	*ret_fd = fd;
	*ret_where = name_of(fd);
	return 0;
}

void notify_systemd(const char *state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *path = getenv("NOTIFY_SOCKET");
	auto_close int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || !path || (*path != '/' && *path != '@') ||
	    strlen(path) >= sizeof(address.sun_path))
		return;
	memcpy(address.sun_path, path, strlen(path));
	if (*path == '@')
		address.sun_path[0] = 0;
	sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address,
	       (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path)));
}
