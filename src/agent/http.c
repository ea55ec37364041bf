// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/http.h"

#include <curl/curl.h>
#include <string.h>

#include "base/file.h"
#include "base/process.h"
#include "base/text.h"

#define CONNECT_SECONDS 10
#define TOTAL_SECONDS 300
#define SLOW_SECONDS 15
#define SLOW_BYTES_PER_SECOND 1024L
#define REDIRECTIONS 3L
#define RETRY_LIMIT (24 * 3600)

struct http {
	CURL *curl;
	char *base_url;
	char reason[CURL_ERROR_SIZE];
	unsigned retry_after;
};

void http_free(struct http *http)
{
	if (!http)
		return;
	curl_easy_cleanup(http->curl);
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

static int fetch_over_http(void *user, const char *name, size_t limit, struct buffer *into,
			   struct error *err)
{
	struct http *http = user;
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
	if (status != 200)
		return status_error(status, name, err);
	buffer_add(into, data.data, data.size);
	return 0;
}

struct fetcher fetcher_of_http(struct http *http)
{
	return (struct fetcher){ .fetch = fetch_over_http, .user = http };
}

unsigned http_retry_after(const struct http *http)
{
	return http->retry_after;
}
