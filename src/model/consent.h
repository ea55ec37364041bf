/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The author's word on findings: a changed layout that is accepted by the type's name, a hint that is
 * signed off. Each has a reason, which stands in the report and the manifest beside the finding.
 * Nothing else that is refused can be accepted.
 */
#ifndef SUTURE_MODEL_CONSENT_H
#define SUTURE_MODEL_CONSENT_H

#include "base/error.h"
#include "base/text.h"
#include "model/rule.h"

struct consent { /* owns its texts */
	enum rule_id rule;
	char *place; /* the finding's function or type; its file if it has none */
	char *reason;
	bool is_used; /* some finding was meant */
};

struct consent_list {
	struct consent *items;
	size_t count, capacity;
};

/* "struct foo=REASON" or "struct_foo=REASON", as for --accept-layout. */
int consent_add_layout(struct consent_list *list, const char *text, struct error *err);
/* "RULE:PLACE=REASON", as for --sign-off. Rules that refuse cannot be signed off. */
int consent_add_sign_off(struct consent_list *list, const char *text, struct error *err);
void consent_list_clear(struct consent_list *list);
#define auto_consent_list __attribute__((cleanup(consent_list_clear)))

/* Puts the reasons to the findings that are meant; a refused layout becomes a warning. */
void consent_apply(struct consent_list *list, struct finding_list *findings);
/* Those that no finding wanted, one line each. */
void consent_list_unused(const struct consent_list *list, struct text_list *lines);

#endif
