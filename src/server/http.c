// SPDX-License-Identifier: GPL-2.0-or-later
#include "server/http.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "server/deadline.h"
#include "server/exchange.h"

#define HEADER_MEMORY ((size_t)24 << 10) /* bytes of one connection: header, and what is being read */
#define SWALLOW_MOST ((size_t)1 << 20) /* of a body that nobody wants, so that the answer arrives */
#define SLOWEST (16 << 10) /* bytes a second at which an answer may be read */
#define SLICE ((size_t)64 << 10) /* bytes of a file that are read at once for TLS */
#define TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

struct http_server {
	struct MHD_Daemon *daemon;
	int listener;
	unsigned seconds;
	const char *trusted_proxy; /* borrowed */
	bool tls;
	struct http_handler handler;
	struct deadline_list *deadlines;
	atomic_uint busy;
	atomic_bool closing;
};

/* One request as this file sees it; the handler sees its first member. */
struct request {
	struct exchange exchange;
	struct http_server *server;
	size_t swallowed;
};

static const char *find_header(const struct exchange *exchange, const char *name)
{
	return MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, name);
}

static void take_ipv4(struct exchange *exchange, struct in_addr ipv4)
{
	memset(exchange->address_key, 0, sizeof(exchange->address_key));
	inet_ntop(AF_INET, &ipv4, exchange->address, sizeof(exchange->address));
	memcpy(exchange->address_key, &ipv4, sizeof(ipv4));
	exchange->is_local = (ntohl(ipv4.s_addr) >> 24) == 127;
}

static void take_ipv6(struct exchange *exchange, const struct in6_addr *ipv6)
{
	struct in_addr ipv4;

	if (IN6_IS_ADDR_V4MAPPED(ipv6)) {
		memcpy(&ipv4, &ipv6->s6_addr[12], sizeof(ipv4));
		take_ipv4(exchange, ipv4);
		return;
	}
	inet_ntop(AF_INET6, ipv6, exchange->address, sizeof(exchange->address));
	memcpy(exchange->address_key, ipv6, sizeof(exchange->address_key));
	exchange->is_local = IN6_IS_ADDR_LOOPBACK(ipv6);
}

static enum MHD_Result note_forwarded(void *user, enum MHD_ValueKind kind, const char *name,
				      const char *value)
{
	const char **last = user;

	(void)kind;
	if (!strcasecmp(name, "X-Forwarded-For"))
		*last = value;
	return MHD_YES;
}

/* For whom a proxy asks: what it has written itself, which is the last entry of the last such line.
 * Those before it are the client's word. False: none, or no address. */
static bool take_forwarded(struct exchange *exchange)
{
	char text[INET6_ADDRSTRLEN];
	const char *list = NULL, *entry;
	struct in6_addr ipv6;
	struct in_addr ipv4;
	size_t length;

	MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, note_forwarded, &list);
	if (!list)
		return false;
	entry = strrchr(list, ',');
	entry = entry ? entry + 1 : list;
	entry += strspn(entry, " \t");
	length = strcspn(entry, " \t");
	if (length >= sizeof(text))
		return false;
	memcpy(text, entry, length);
	text[length] = 0;
	if (inet_pton(AF_INET, text, &ipv4) == 1)
		take_ipv4(exchange, ipv4);
	else if (inet_pton(AF_INET6, text, &ipv6) == 1)
		take_ipv6(exchange, &ipv6);
	else
		return false;
	return true;
}

/* Did a proxy ask that we were not told of? Then nobody knows for whom. */
static bool is_forwarded(const struct exchange *exchange)
{
	static const char *const names[] = { "X-Forwarded-For", "Forwarded", "X-Real-IP", "Via" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (find_header(exchange, names[i]))
			return true;
	return false;
}

static void describe_peer(const struct http_server *server, struct exchange *exchange)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		exchange->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *peer = info ? info->client_addr : NULL;
	struct in_addr ipv4 = { 0 };

	if (peer && peer->sa_family == AF_INET6) {
		take_ipv6(exchange, &((const struct sockaddr_in6 *)peer)->sin6_addr);
	} else {
		if (peer && peer->sa_family == AF_INET)
			ipv4 = ((const struct sockaddr_in *)peer)->sin_addr;
		take_ipv4(exchange, ipv4);
	}
	if (server->trusted_proxy && !strcmp(exchange->address, server->trusted_proxy)) {
		if (!take_forwarded(exchange))
			exchange->is_local = false;
	} else if (is_forwarded(exchange)) {
		exchange->is_local = false;
	}
}

static int64_t body_length(const struct exchange *exchange)
{
	const char *text = find_header(exchange, MHD_HTTP_HEADER_CONTENT_LENGTH);

	/* The library has refused what is no number. */
	return text ? strtoll(text, NULL, 10) : -1;
}

static void *connection_watch(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

static void set_deadline(const struct request *request, unsigned seconds)
{
	if (request->exchange.watch)
		deadline_set(request->server->deadlines, request->exchange.watch, seconds);
}

static struct request *request_new(struct http_server *server, struct MHD_Connection *connection,
				   const char *method, const char *path)
{
	struct request *request = xcalloc(1, sizeof(*request));
	struct exchange *exchange = &request->exchange;

	request->server = server;
	exchange->connection = connection;
	exchange->method = method;
	exchange->path = path;
	exchange->header = find_header;
	exchange->fd = -1;
	exchange->content_length = body_length(exchange);
	exchange->watch = connection_watch(connection);
	describe_peer(server, exchange);
	atomic_fetch_add(&server->busy, 1);
	set_deadline(request, server->seconds);
	return request;
}

/* A part of a file, where the kernel cannot send it by itself because of TLS. */
struct slice {
	int fd;
	uint64_t offset;
};

static ssize_t read_slice(void *user, uint64_t position, char *into, size_t size)
{
	const struct slice *slice = user;
	ssize_t got = pread(slice->fd, into, size, (off_t)(slice->offset + position));

	/* It has become shorter meanwhile: what is missing cannot be made up. */
	return got > 0 ? got : MHD_CONTENT_READER_END_WITH_ERROR;
}

static void free_slice(void *user)
{
	struct slice *slice = user;

	close(slice->fd);
	free(slice);
}

static struct MHD_Response *make_file_response(struct exchange *exchange, bool tls)
{
	struct MHD_Response *response;
	struct slice *slice;

	if (!tls)
		return MHD_create_response_from_fd_at_offset64(exchange->length, exchange->fd,
							       exchange->offset);
	slice = xcalloc(1, sizeof(*slice));
	*slice = (struct slice){ .fd = exchange->fd, .offset = exchange->offset };
	/* The library's own reader takes 4 KiB at a time, a TLS record each. */
	response = MHD_create_response_from_callback(exchange->length, SLICE, read_slice, slice,
						     free_slice);
	if (!response)
		free(slice);
	return response;
}

static struct MHD_Response *make_response(struct exchange *exchange, bool tls)
{
	struct MHD_Response *response;

	if (exchange->fd >= 0) {
		response = make_file_response(exchange, tls);
		if (response)
			exchange->fd = -1;
		return response;
	}

	size_t size = exchange->answer.size;

	response = MHD_create_response_from_buffer(size, (void *)buffer_text(&exchange->answer),
						   size ? MHD_RESPMEM_MUST_FREE
							: MHD_RESPMEM_PERSISTENT);
	if (response && size)
		exchange->answer = BUFFER_INIT; /* the response's now */
	return response;
}

static enum MHD_Result send_answer(struct request *request)
{
	struct exchange *exchange = &request->exchange;
	uint64_t size = exchange->fd >= 0 ? exchange->length : exchange->answer.size;
	struct MHD_Response *response = make_response(exchange, request->server->tls);
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	if (exchange->type)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, exchange->type);
	for (size_t i = 0; i < exchange->header_count; i++)
		MHD_add_response_header(response, exchange->headers[i].name,
					exchange->headers[i].value);
	if (atomic_load(&request->server->closing))
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
	set_deadline(request, request->server->seconds + (unsigned)(size / SLOWEST));
	result = MHD_queue_response(exchange->connection, exchange->status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result begin(struct http_server *server, struct MHD_Connection *connection,
			     const char *method, const char *path, void **context)
{
	struct request *request = request_new(server, connection, method, path);
	struct exchange *exchange = &request->exchange;

	*context = request;
	server->handler.begin(server->handler.user, exchange);
	if (!exchange->status && exchange->content_length > (int64_t)exchange->body_limit)
		exchange_refuse(exchange, REFUSE_TOO_LARGE, NULL);
	/* What is short is read to its end, so that the other side comes to read the answer. */
	if (exchange->status && exchange->content_length > (int64_t)SWALLOW_MOST)
		return send_answer(request);
	return MHD_YES;
}

static enum MHD_Result take_body(struct request *request, const char *data, size_t *size)
{
	struct exchange *exchange = &request->exchange;

	if (!exchange->status && *size > exchange->body_limit - exchange->body.size)
		exchange_refuse(exchange, REFUSE_TOO_LARGE, NULL);
	if (exchange->status)
		request->swallowed += *size;
	else
		buffer_add(&exchange->body, data, *size);
	*size = 0;
	return request->swallowed > SWALLOW_MOST ? MHD_NO : MHD_YES;
}

/* The library calls this when the header is there, for each part of the body, at its end, and once
 * more when a suspended connection goes on. */
static enum MHD_Result on_request(void *user, struct MHD_Connection *connection, const char *path,
				  const char *method, const char *version, const char *data,
				  size_t *size, void **context)
{
	struct http_server *server = user;
	struct request *request = *context;

	(void)version;
	if (!request)
		return begin(server, connection, method, path, context);
	if (*size)
		return take_body(request, data, size);
	if (!request->exchange.status &&
	    server->handler.finish(server->handler.user, &request->exchange))
		return MHD_YES;
	return send_answer(request);
}

void http_suspend(struct exchange *exchange)
{
	MHD_suspend_connection(exchange->connection);
}

void http_continue(struct exchange *exchange)
{
	MHD_resume_connection(exchange->connection);
}

static void on_completed(void *user, struct MHD_Connection *connection, void **context,
			 enum MHD_RequestTerminationCode why)
{
	struct http_server *server = user;
	struct request *request = *context;

	(void)connection;
	(void)why;
	if (!request)
		return;
	server->handler.end(server->handler.user, &request->exchange);
	set_deadline(request, server->seconds);
	buffer_clear(&request->exchange.body);
	buffer_clear(&request->exchange.answer);
	if (request->exchange.fd >= 0)
		close(request->exchange.fd);
	free(request);
	*context = NULL;
	atomic_fetch_sub(&server->busy, 1);
}

static void on_connection(void *user, struct MHD_Connection *connection, void **context,
			  enum MHD_ConnectionNotificationCode what)
{
	struct http_server *server = user;

	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		const union MHD_ConnectionInfo *info =
			MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

		*context = info ? deadline_add(server->deadlines, info->connect_fd, server->seconds)
				: NULL;
	} else if (*context) {
		deadline_remove(server->deadlines, *context);
		*context = NULL;
	}
}

/* A zero byte would end the path early: what has one stays as it is, and names nothing. */
static size_t unescape(void *user, struct MHD_Connection *connection, char *text)
{
	(void)user;
	(void)connection;
	return strstr(text, "%00") ? strlen(text) : MHD_http_unescape(text);
}

static struct MHD_Daemon *start_daemon(struct http_server *server, const struct http_plan *plan)
{
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)plan->certificate },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)plan->key },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0, TLS_PRIORITIES },
		{ MHD_OPTION_END, 0, NULL },
	};
	const struct MHD_OptionItem none[] = { { MHD_OPTION_END, 0, NULL } };
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME |
			 (plan->certificate ? MHD_USE_TLS : 0);

	return MHD_start_daemon(
		flags, 0, NULL, NULL, on_request, server,
		MHD_OPTION_ARRAY, plan->certificate ? tls : none,
		MHD_OPTION_LISTEN_SOCKET, plan->listener,
		MHD_OPTION_THREAD_POOL_SIZE, plan->threads,
		MHD_OPTION_CONNECTION_LIMIT, plan->connections,
		MHD_OPTION_PER_IP_CONNECTION_LIMIT, plan->connections_of_address,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, HEADER_MEMORY,
		MHD_OPTION_CONNECTION_TIMEOUT, plan->seconds,
		MHD_OPTION_UNESCAPE_CALLBACK, unescape, NULL,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, server,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, server,
		MHD_OPTION_END);
}

int http_server_start(const struct http_plan *plan, struct http_server **ret_server,
		      struct error *err)
{
	struct http_server *server = xcalloc(1, sizeof(*server));

	server->listener = plan->listener;
	server->seconds = plan->seconds;
	server->trusted_proxy = plan->trusted_proxy;
	server->tls = plan->certificate != NULL;
	server->handler = plan->handler;
	server->deadlines = deadline_list_new();
	server->daemon = start_daemon(server, plan);
	if (!server->daemon) {
		close(plan->listener);
		deadline_list_free(server->deadlines);
		free(server);
		return error_set(err, ERROR_FAILED, "cannot start to serve%s",
				 plan->certificate ? ": do certificate and key belong together, and "
						     "is the key without a passphrase?"
						   : "");
	}
	*ret_server = server;
	return 0;
}

unsigned http_server_sweep(struct http_server *server)
{
	return deadline_sweep(server->deadlines);
}

unsigned http_server_connections(struct http_server *server)
{
	return deadline_count(server->deadlines);
}

unsigned http_server_busy(struct http_server *server)
{
	return atomic_load(&server->busy);
}

void http_server_quiesce(struct http_server *server)
{
	atomic_store(&server->closing, true);
	MHD_quiesce_daemon(server->daemon);
}

void http_server_free(struct http_server *server)
{
	if (!server)
		return;
	MHD_stop_daemon(server->daemon);
	/* Once quiesced it is ours again. */
	if (atomic_load(&server->closing))
		close(server->listener);
	deadline_list_free(server->deadlines);
	free(server);
}
