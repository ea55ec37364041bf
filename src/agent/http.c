// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/http.h"

#include <curl/curl.h>
#include <string.h>

#include "agent/state_text.h"
#include "base/file.h"
#include "base/process.h"
#include "base/text.h"

#define CONNECT_SECONDS 10
#define TOTAL_SECONDS 300
#define SLOW_SECONDS 15
#define SLOW_BYTES_PER_SECOND 1024L
#define REDIRECTIONS 3L
#define VALIDATOR_LIMIT 512
#define WORDS_LIMIT 200
#define RETRY_LIMIT (24 * 3600)

struct http {
	CURL *curl;
	char *base_url;
	char reason[CURL_ERROR_SIZE];
	unsigned retry_after;
	/* http_remember() */
	const char *name;
	const struct buffer *have;
	char *wanted_etag, *wanted_modified;
	char *etag, *modified;
};

static void forget_validators(char **etag, char **modified)
{
	free(*etag);
	free(*modified);
	*etag = *modified = NULL;
}

void http_free(struct http *http)
{
	if (!http)
		return;
	curl_easy_cleanup(http->curl);
	forget_validators(&http->wanted_etag, &http->wanted_modified);
	forget_validators(&http->etag, &http->modified);
	free(http->base_url);
	free(http);
}

/* What is under way; the write callback appends to it. */
struct transfer {
	struct buffer *into;
	size_t left; /* bytes that may still come */
	bool too_large;
};

static size_t take_bytes(char *data, size_t size, size_t count, void *user)
{
	struct transfer *transfer = user;

	size *= count;
	if (size > transfer->left) {
		transfer->too_large = true;
		return 0; /* ends the transfer */
	}
	transfer->left -= size;
	buffer_add(transfer->into, data, size);
	return size;
}

/* Called about once a second, whatever the network does. */
static int check_interrupt(void *user, curl_off_t total, curl_off_t now, curl_off_t up_total,
			   curl_off_t up_now)
{
	(void)user;
	(void)total;
	(void)now;
	(void)up_total;
	(void)up_now;
	return was_interrupted();
}

static long or_default(unsigned value, unsigned otherwise)
{
	return value ? (long)value : (long)otherwise;
}

static void configure(struct http *http, const struct http_settings *settings)
{
	CURL *curl = http->curl;

	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, http->reason);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "suture/" SUTURE_VERSION);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(curl, CURLOPT_MAXREDIRS, REDIRECTIONS);
	/* From https never down to http. */
	curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR,
			 has_prefix(http->base_url, "https:") ? "https" : "http,https");
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT,
			 or_default(settings->connect_seconds, CONNECT_SECONDS));
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, or_default(settings->total_seconds, TOTAL_SECONDS));
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES_PER_SECOND);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME,
			 or_default(settings->slow_seconds, SLOW_SECONDS));
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, check_interrupt);
	curl_easy_setopt(curl, CURLOPT_MAX_RECV_SPEED_LARGE, (curl_off_t)settings->speed_limit);
	if (settings->proxy)
		curl_easy_setopt(curl, CURLOPT_PROXY, settings->proxy);
	if (settings->ca_file)
		curl_easy_setopt(curl, CURLOPT_CAINFO, settings->ca_file);
}

int http_new(const struct http_settings *settings, struct http **ret_http, struct error *err)
{
	const char *url = settings->base_url;
	size_t length = strlen(url);

	if (!has_prefix(url, "http://") && !has_prefix(url, "https://"))
		return error_set(err, ERROR_INVALID, "'%.100s' is no http or https address", url);
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return error_set(err, ERROR_FAILED, "libcurl cannot be used");

	auto_http struct http *http = xcalloc(1, sizeof(*http));

	while (length && url[length - 1] == '/')
		length--;
	http->base_url = xstrndup(url, length);
	http->curl = curl_easy_init();
	if (!http->curl)
		return error_set(err, ERROR_FAILED, "libcurl cannot be used");
	configure(http, settings);
	*ret_http = steal_ptr(http);
	return 0;
}

static int status_error(long status, const char *name, struct error *err)
{
	if (status == 404 || status == 410 || status == 403)
		return error_set(err, ERROR_NOT_FOUND, "the server has no %s (status %ld)", name,
				 status);
	if (status == 401 || status == 407)
		return error_set(err, ERROR_PERMISSION,
				 "the server gives %s only to whom it knows (status %ld)", name,
				 status);
	return error_set(err, ERROR_TEMPORARY, "the server cannot give %s just now (status %ld)",
			 name, status);
}

static int transfer_error(const struct http *http, CURLcode code, const char *name,
			  struct error *err)
{
	const char *reason = http->reason[0] ? http->reason : curl_easy_strerror(code);

	if (code == CURLE_ABORTED_BY_CALLBACK)
		return error_set(err, ERROR_INTERRUPTED, "interrupted while fetching %s", name);
	if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE)
		return error_set(err, ERROR_TEMPORARY,
				 "the server's certificate is not trusted (%s): %s", name, reason);
	return error_set(err, ERROR_TEMPORARY, "cannot fetch %s: %s", name, reason);
}

static void note_retry_after(struct http *http)
{
	curl_off_t seconds = 0;

	curl_easy_getinfo(http->curl, CURLINFO_RETRY_AFTER, &seconds);
	http->retry_after = seconds < 0		    ? 0
			    : seconds > RETRY_LIMIT ? RETRY_LIMIT
						    : (unsigned)seconds;
}

static const char *header_text(struct http *http, const char *name)
{
	struct curl_header *header;

	if (curl_easy_header(http->curl, name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
		return NULL;
	return header->value;
}

/* A validator goes out again as it came: only what can stand in a header and a file. */
static char *validator(struct http *http, const char *name)
{
	const char *text = header_text(http, name);

	if (!text || !*text || strlen(text) > VALIDATOR_LIMIT)
		return NULL;
	for (const char *c = text; *c; c++)
		if (*c < ' ' || *c > '~')
			return NULL;
	return xstrdup(text);
}

/* A time has the resolution of a second. One that is not older than the answer says nothing of what
 * came in the rest of that second (RFC 9110, section 8.8.2.2). */
static char *modified_validator(struct http *http)
{
	auto_free char *modified = validator(http, "Last-Modified");
	const char *date = header_text(http, "Date");
	time_t then = modified ? curl_getdate(modified, NULL) : -1;
	time_t now = date ? curl_getdate(date, NULL) : -1;

	if (then < 0 || now < 0 || now - then < 2)
		return NULL;
	return steal_ptr(modified);
}

void http_remember(struct http *http, const char *name, const struct buffer *have,
		   const char *etag, const char *modified)
{
	forget_validators(&http->wanted_etag, &http->wanted_modified);
	forget_validators(&http->etag, &http->modified);
	http->name = name;
	http->have = have;
	http->wanted_etag = etag ? xstrdup(etag) : NULL;
	http->wanted_modified = modified ? xstrdup(modified) : NULL;
}

const char *http_etag(const struct http *http)
{
	return http->etag;
}

const char *http_modified(const struct http *http)
{
	return http->modified;
}

static void add_header(struct curl_slist **list, const char *format, const char *value)
{
	auto_free char *line = xasprintf(format, value);
	struct curl_slist *longer = curl_slist_append(*list, line);

	if (longer)
		*list = longer;
}

/* Caller frees with curl_slist_free_all(). */
static struct curl_slist *condition_headers(const struct http *http)
{
	struct curl_slist *list = NULL;

	if (!http->have || !http->have->size)
		return NULL;
	if (http->wanted_etag)
		add_header(&list, "If-None-Match: %s", http->wanted_etag);
	if (http->wanted_modified)
		add_header(&list, "If-Modified-Since: %s", http->wanted_modified);
	return list;
}

static int fetch_plain(struct http *http, const char *name, size_t limit, struct buffer *into,
		       long *ret_status, struct error *err)
{
	auto_free char *url = path_join(http->base_url, name);
	auto_buffer struct buffer data = BUFFER_INIT;
	struct transfer transfer = { .into = &data, .left = limit };
	long status = 0;

	http->reason[0] = 0;
	curl_easy_setopt(http->curl, CURLOPT_URL, url);
	curl_easy_setopt(http->curl, CURLOPT_WRITEDATA, &transfer);

	CURLcode code = curl_easy_perform(http->curl);

	note_retry_after(http);
	if (transfer.too_large)
		return error_set(err, ERROR_INVALID, "%s: larger than the limit of %zu bytes", name,
				 limit);
	if (code != CURLE_OK)
		return transfer_error(http, code, name, err);
	curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &status);
	*ret_status = status;
	if (status == 304)
		return 0;
	if (status != 200)
		return status_error(status, name, err);
	buffer_add(into, data.data, data.size);
	return 0;
}

static int fetch_remembered(struct http *http, size_t limit, struct buffer *into,
			    struct error *err)
{
	struct curl_slist *headers = condition_headers(http);
	long status = 0;

	curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, headers);

	int result = fetch_plain(http, http->name, limit, into, &status, err);

	curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(headers);
	if (result < 0)
		return -1;
	forget_validators(&http->etag, &http->modified);
	if (status != 304) {
		http->etag = validator(http, "ETag");
		http->modified = modified_validator(http);
		return 0;
	}
	if (!headers || http->have->size > limit)
		return error_set(err, ERROR_TEMPORARY, "%s: an answer to another question (304)",
				 http->name);
	buffer_add(into, http->have->data, http->have->size);
	http->etag = http->wanted_etag ? xstrdup(http->wanted_etag) : NULL;
	http->modified = http->wanted_modified ? xstrdup(http->wanted_modified) : NULL;
	return 0;
}

static int fetch_over_http(void *user, const char *name, size_t limit, struct buffer *into,
			   struct error *err)
{
	struct http *http = user;
	long status = 0;

	if (http->name && !strcmp(http->name, name))
		return fetch_remembered(http, limit, into, err);
	if (fetch_plain(http, name, limit, into, &status, err) < 0)
		return -1;
	return status == 304 ? status_error(status, name, err) : 0;
}

struct fetcher fetcher_of_http(struct http *http)
{
	return (struct fetcher){ .fetch = fetch_over_http, .user = http };
}

unsigned http_retry_after(const struct http *http)
{
	return http->retry_after;
}

/* A secret does not travel in the clear, except inside this machine. */
static int check_channel(const struct http *http, struct error *err)
{
	static const char *const here[] = { "http://localhost", "http://127.0.0.1", "http://[::1]" };

	if (has_prefix(http->base_url, "https://"))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(here); i++) {
		size_t length = strlen(here[i]);

		if (has_prefix(http->base_url, here[i]) && (!http->base_url[length] ||
							    strchr(":/", http->base_url[length])))
			return 0;
	}
	return error_set(err, ERROR_POLICY,
			 "a token or credential is not sent without TLS: the server's address must "
			 "begin with https://");
}

/* {"error", "remedy"} (model/api.h) as one line, or NULL. */
static char *server_words(const json_value *answer)
{
	auto_free char *error = state_text(answer, "error", WORDS_LIMIT);
	auto_free char *remedy = state_text(answer, "remedy", WORDS_LIMIT);

	return error && remedy && *remedy ? xasprintf("%s; %s", error, remedy) : steal_ptr(error);
}

/* What the server says of itself, as one short line. */
static int answer_error(long status, const char *name, const struct buffer *data,
			struct error *err)
{
	auto_json json_value *answer = NULL;
	auto_free char *words = NULL;
	struct error ignored;

	if (status == 413)
		error_set(err, ERROR_INVALID, "the server takes nothing so large (status 413): a proxy "
			  "before it may have a lower limit than its own");
	else if (status == 400 || status == 422)
		error_set(err, ERROR_INVALID, "the server refuses the request (status %ld)", status);
	else if (status == 401 || status == 403 || status == 409)
		error_set(err, ERROR_PERMISSION, "the server does not accept this (status %ld)",
			  status);
	else
		status_error(status, name, err);
	if (json_parse(data->data, data->size, &answer, &ignored) == 0)
		words = server_words(answer);
	if (words) {
		struct error before = *err;

		error_set(err, before.code, "%s: %s", before.msg, words);
	}
	return -1;
}

static int post(struct http *http, const char *name, const struct buffer *body, size_t limit,
		struct buffer *into, struct error *err)
{
	auto_free char *url = path_join(http->base_url, name);
	struct transfer transfer = { .into = into, .left = limit };
	long status = 0;

	http->reason[0] = 0;
	curl_easy_setopt(http->curl, CURLOPT_URL, url);
	curl_easy_setopt(http->curl, CURLOPT_WRITEDATA, &transfer);
	curl_easy_setopt(http->curl, CURLOPT_POST, 1L);
	curl_easy_setopt(http->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body->size);
	curl_easy_setopt(http->curl, CURLOPT_POSTFIELDS, buffer_text(body));

	CURLcode code = curl_easy_perform(http->curl);

	note_retry_after(http);
	if (transfer.too_large)
		return error_set(err, ERROR_INVALID, "%s: an answer of more than %zu bytes", name,
				 limit);
	if (code != CURLE_OK)
		return transfer_error(http, code, name, err);
	curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &status);
	return status >= 200 && status < 300 ? 0 : answer_error(status, name, into, err);
}

int http_post(struct http *http, const char *name, const json_value *body, const char *secret,
	      size_t limit, json_value **ret_answer, struct error *err)
{
	auto_buffer struct buffer text = BUFFER_INIT;
	auto_buffer struct buffer answer = BUFFER_INIT;
	struct curl_slist *headers = NULL;
	int result;

	if (check_channel(http, err) < 0)
		return -1;
	json_write_compact(body, &text);
	add_header(&headers, "%s", "Content-Type: application/json");
	if (secret)
		add_header(&headers, "Authorization: Bearer %s", secret);
	curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(http->curl, CURLOPT_FOLLOWLOCATION, 0L);
	/* "Inside this machine" is not true of what goes through a proxy, whoever names it. */
	if (!has_prefix(http->base_url, "https://"))
		curl_easy_setopt(http->curl, CURLOPT_NOPROXY, "*");
	result = post(http, name, &text, limit, &answer, err);
	curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, NULL);
	curl_easy_setopt(http->curl, CURLOPT_POSTFIELDS, NULL);
	curl_easy_setopt(http->curl, CURLOPT_HTTPGET, 1L);
	curl_easy_setopt(http->curl, CURLOPT_FOLLOWLOCATION, 1L);
	curl_slist_free_all(headers);
	explicit_bzero(text.data, text.size); /* a token may be in it */
	if (result < 0)
		return -1;
	if (json_parse(answer.data, answer.size, ret_answer, err) < 0)
		return error_context(err, "the server's answer to %s", name);
	return 0;
}
