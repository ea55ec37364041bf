/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /var/lib/suture-fetch/incoming: a repository of just what this machine needs, filled by the
 * fetcher and verified anew by the agent. Documents are put there only after the fetcher's own
 * verification, out of its TUF store; roots as they come, because the agent may be behind and needs
 * each of them; incoming_forget_roots() takes those out again that were not believed.
 */
#ifndef SUTURE_AGENT_INCOMING_H
#define SUTURE_AGENT_INCOMING_H

#include "base/error.h"
#include "base/text.h"
#include "repo/fetch.h"
#include "repo/offer.h"
#include "repo/trust.h"

/* Fetches from `source` and keeps a copy of every "N.root.json" that comes. */
struct incoming {
	char *folder;
	struct fetcher source;
	struct text_list roots; /* that were kept in this run: names */
};
int incoming_open(const char *root, const struct fetcher *source, struct incoming *ret_incoming,
		  struct error *err);
void incoming_clear(struct incoming *incoming);
#define auto_incoming __attribute__((cleanup(incoming_clear)))
struct fetcher fetcher_of_incoming(struct incoming *incoming);

/* After a failure: of this run's roots only those stay that the store came to trust. */
void incoming_forget_roots(const struct incoming *incoming, const char *trust_folder);
/* Writes what was refreshed: the target (NULL: none), then the documents, the timestamp last.
 * `ring` may be NULL if the repository does not have it. What is not needed any more goes. */
int incoming_publish(struct incoming *incoming, const char *trust_folder, struct trust *trust,
		     const struct targets *ring, const char *ring_name, const struct offer *offer,
		     struct error *err);

#endif
