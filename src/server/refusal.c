// SPDX-License-Identifier: GPL-2.0-or-later
#include "server/refusal.h"

static const struct {
	unsigned status;
	const char *code, *message, *remedy;
} refusals[] = {
#define X(id, status, code, message, remedy) { status, code, message, remedy },
	REFUSALS(X)
#undef X
};

unsigned refusal_status(enum refusal refusal)
{
	return refusals[refusal].status;
}

const char *refusal_code(enum refusal refusal)
{
	return refusals[refusal].code;
}

const char *refusal_message(enum refusal refusal)
{
	return refusals[refusal].message;
}

const char *refusal_remedy(enum refusal refusal)
{
	return refusals[refusal].remedy;
}
