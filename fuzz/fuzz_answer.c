// SPDX-License-Identifier: GPL-2.0-or-later
/* What a server answers over HTTP, byte for byte, to the real client: a thread on loopback says it to
 * whoever connects, and is also the client's proxy, so that no redirection leads anywhere else. */
#include "fuzz.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/advice.h"
#include "agent/http.h"
#include "base/memory.h"

#define FILE_LIMIT 4096

/* The thread may be behind: at a connection that the client has given up. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const uint8_t *answer; /* under the lock; NULL: nobody asks */
static size_t answer_size;

static void set_answer(const uint8_t *data, size_t size)
{
	pthread_mutex_lock(&lock);
	answer = data;
	answer_size = size;
	pthread_mutex_unlock(&lock);
}

/* What fits into the socket's buffer, so that this does not wait for the client. */
static void send_answer(int connection)
{
	pthread_mutex_lock(&lock);
	if (answer)
		send(connection, answer, answer_size, MSG_NOSIGNAL | MSG_DONTWAIT);
	pthread_mutex_unlock(&lock);
}

static void *serve(void *user)
{
	int listener = *(int *)user;
	char request[8192];

	for (;;) {
		int connection = accept(listener, NULL, NULL);

		if (connection < 0)
			continue;
		/* The request, or as much of it as is here; then the answer, then the end. */
		if (recv(connection, request, sizeof(request), 0) > 0) {
			send_answer(connection);
			shutdown(connection, SHUT_WR);
		}
		while (recv(connection, request, sizeof(request), 0) > 0)
			;
		close(connection);
	}
	return NULL;
}

/* Starts the thread once; "http://127.0.0.1:PORT". */
static const char *server(void)
{
	static int listener;
	static char *url;
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);
	pthread_t thread;

	if (url)
		return url;
	unsetenv("no_proxy");
	unsetenv("NO_PROXY");
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	MUST(bind(listener, (struct sockaddr *)&address, size) == 0 && listen(listener, 16) == 0);
	MUST(getsockname(listener, (struct sockaddr *)&address, &size) == 0);
	MUST(pthread_create(&thread, NULL, serve, &listener) == 0);
	url = xasprintf("http://127.0.0.1:%u", ntohs(address.sin_port));
	return url;
}

static void get_file(struct http *http)
{
	struct fetcher fetcher = fetcher_of_http(http);
	auto_buffer struct buffer have = BUFFER_INIT, file = BUFFER_INIT;
	struct error err = ERROR_INIT;

	buffer_add_text(&have, "old");
	http_remember(http, "timestamp.json", &have, "\"tag\"", NULL);
	if (fetch_file(&fetcher, "timestamp.json", FILE_LIMIT, &file, &err) == 0)
		MUST(file.size <= FILE_LIMIT);
	else
		MUST(err.code != ERROR_NONE && err.msg[0] && !file.size);
	MUST(!http_etag(http) || !strpbrk(http_etag(http), "\r\n"));
	http_remember(http, NULL, NULL, NULL, NULL);
}

static void post(struct http *http)
{
	auto_json json_value *body = json_new_object(), *said = NULL;
	auto_advice struct advice advice = { .pin = -1 };
	struct error err = ERROR_INIT;

	if (http_post(http, "api/v1/checkin", body, "suc_secret", FILE_LIMIT, &said, &err) < 0) {
		MUST(err.code != ERROR_NONE && err.msg[0] && !strpbrk(err.msg, "\r\n"));
		return;
	}
	advice_parse(said, &advice);
	MUST(advice.pin >= -1 && advice.interval >= 0 && advice.interval <= 7 * 86400);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct http_settings settings = { .base_url = server(), .proxy = server(),
						.total_seconds = 5 };
	auto_http struct http *http = NULL;
	struct error err = ERROR_INIT;

	set_answer(data, size);
	MUST(http_new(&settings, &http, &err) == 0);
	get_file(http);
	post(http);
	set_answer(NULL, 0);
	return 0;
}
