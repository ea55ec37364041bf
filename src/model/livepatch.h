/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A livepatch in a running kernel: the module, what it redirects, and how far it is in effect.
 * Plain values that own their texts; written to JSON and read back from it (a machine sends this to
 * a server, so reading takes hostile input).
 */
#ifndef SUTURE_MODEL_LIVEPATCH_H
#define SUTURE_MODEL_LIVEPATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/json.h"

/* slug for JSON, sentence */
#define LIVEPATCH_STATES(X)                                                                   \
	X(LIVEPATCH_APPLIED, "applied", "every task runs the new code")                       \
	X(LIVEPATCH_APPLYING, "applying", "in transition to the new code")                    \
	X(LIVEPATCH_REVERTING, "reverting", "in transition back to the old code")             \
	X(LIVEPATCH_DISABLED, "disabled", "disabled; its module can be removed in a moment")  \
	X(LIVEPATCH_LEFTOVER, "leftover", "replaced or disabled, but its module is still loaded")

enum livepatch_state {
#define X(state, slug, text) state,
	LIVEPATCH_STATES(X)
#undef X
};

/* What was measured about one redirected function, worst last. */
#define EFFECTS(X)                                                                            \
	X(EFFECT_UNKNOWN, "unknown", "not measured")                                          \
	X(EFFECT_IN_EFFECT, "in-effect", "calls reach the new code")                          \
	X(EFFECT_WAITING, "waiting", "its object is not loaded yet")                          \
	X(EFFECT_STACKED, "stacked", "a newer livepatch redirects the same function")         \
	X(EFFECT_CONTESTED, "contested", "something that may bypass the patch sits in front") \
	X(EFFECT_BYPASSED, "bypassed", "calls do not reach the new code")                     \
	X(EFFECT_ABSENT, "absent", "the function is not redirected")

enum effect {
#define X(effect, slug, text) effect,
	EFFECTS(X)
#undef X
};

struct livepatch_function {
	char *name;
	unsigned position; /* the kernel's sympos; 0 or 1: the only or first one */
	enum effect effect;
	char *evidence; /* what the effect was concluded from, or NULL */
	/* Calls that --verify saw run the old and reach the new code; -1: not counted. */
	int64_t old_hits, new_hits;
};

struct livepatch_object {
	char *name; /* "vmlinux" or a module's name */
	int patched; /* 1 loaded and redirected, 0 not loaded, -1 unknown */
	char *problem; /* why the module cannot be loaded while this patch is, or NULL */
	struct livepatch_function *functions;
	size_t count, capacity;
};

struct livepatch {
	char *name;
	enum livepatch_state state;
	char *origin; /* "suture", "kpatch", ... or "unknown" */
	int replace; /* 1: replaces all others; -1: the kernel does not tell (before 6.11) */
	int stack_order; /* 1 is the oldest; -1: the kernel does not tell (before 6.14) */
	int position; /* in the order of loading, for sorting; not written */
	bool forced; /* a transition was forced: its module can never be removed */
	int64_t since; /* when the transition was complete, seconds of the epoch; 0: unknown */
	int64_t references; /* module reference count; -1: unknown */
	char *taint; /* letters of the module's own taint ("OEK"), or NULL */
	char *srcversion; /* or NULL */
	char *build_id; /* of the module, hexadecimal, or NULL */
	struct livepatch_object *objects;
	size_t count, capacity;
};

struct livepatch_list {
	struct livepatch *items;
	size_t count, capacity;
};

const char *livepatch_state_slug(enum livepatch_state state);
const char *livepatch_state_text(enum livepatch_state state);
const char *effect_slug(enum effect effect);
const char *effect_text(enum effect effect);

/* New, zeroed (unknown) ones at the end; borrowed until the next one is added. */
struct livepatch *livepatch_add(struct livepatch_list *list, const char *name);
struct livepatch_object *livepatch_add_object(struct livepatch *patch, const char *name);
struct livepatch_function *livepatch_add_function(struct livepatch_object *object,
						  const char *name, unsigned position);
struct livepatch *livepatch_find(const struct livepatch_list *list, const char *name);
/* Does it redirect a function of that name in the object? */
bool livepatch_has(const struct livepatch *patch, const char *object, const char *function);
/* The same for the position-th of that name; 0 and 1 both mean the first. */
bool livepatch_has_at(const struct livepatch *patch, const char *object, const char *function,
		      unsigned position);
/* How many functions of that name it redirects, in all its objects. */
size_t livepatch_count_named(const struct livepatch *patch, const char *function);
size_t livepatch_function_count(const struct livepatch *patch);
/* Of all functions of loaded objects; EFFECT_UNKNOWN for none. */
enum effect livepatch_worst_effect(const struct livepatch *patch);
/* That effect in words, with the evidence of a function that is not redirected. Caller frees. */
char *livepatch_worst_text(const struct livepatch *patch);
bool livepatch_in_transition(const struct livepatch *patch);
void livepatch_list_clear(struct livepatch_list *list);
#define auto_livepatch_list __attribute__((cleanup(livepatch_list_clear)))

void livepatch_list_write(const struct livepatch_list *list, json_value *array);
int livepatch_list_parse(const json_value *array, struct livepatch_list *ret_list,
			 struct error *err);

#endif
