// SPDX-License-Identifier: GPL-2.0-or-later
#include "review/tally.h"

#include <string.h>

#include "base/memory.h"

/* Who calls a function later, and which argument it is, from 0 (include/linux/workqueue.h, timer.h,
 * hrtimer.h, interrupt.h, rcupdate.h, kthread.h, irq_work.h, task_work.h, wait.h). */
static const struct arming {
	const char *call;
	unsigned argument;
	enum tally_kind kind;
} armings[] = {
	{ "INIT_WORK", 1, TALLY_ARM },
	{ "INIT_DELAYED_WORK", 1, TALLY_ARM },
	{ "INIT_DEFERRABLE_WORK", 1, TALLY_ARM },
	{ "INIT_RCU_WORK", 1, TALLY_ARM },
	{ "kthread_init_work", 1, TALLY_ARM },
	{ "init_irq_work", 1, TALLY_ARM },
	{ "init_task_work", 1, TALLY_ARM },
	{ "timer_setup", 1, TALLY_ARM },
	{ "hrtimer_setup", 1, TALLY_ARM },
	{ "tasklet_setup", 1, TALLY_ARM },
	{ "tasklet_init", 1, TALLY_ARM },
	{ "init_waitqueue_func_entry", 1, TALLY_ARM },
	{ "call_rcu", 1, TALLY_ARM },
	{ "call_rcu_tasks", 1, TALLY_ARM },
	{ "call_srcu", 2, TALLY_ARM },
	{ "request_irq", 1, TALLY_ARM },
	{ "request_threaded_irq", 1, TALLY_ARM },
	{ "request_threaded_irq", 2, TALLY_ARM },
	{ "devm_request_irq", 2, TALLY_ARM },
	{ "devm_request_threaded_irq", 2, TALLY_ARM },
	{ "devm_request_threaded_irq", 3, TALLY_ARM },
	{ "kthread_run", 0, TALLY_THREAD },
	{ "kthread_create", 0, TALLY_THREAD },
	{ "kthread_run_on_cpu", 0, TALLY_THREAD },
	{ "kthread_create_on_node", 0, TALLY_THREAD },
	{ "kthread_create_on_cpu", 0, TALLY_THREAD },
	{ "kernel_thread", 0, TALLY_THREAD },
};

void tally_clear(struct tally *tally)
{
	for (size_t i = 0; i < tally->count; i++) {
		free(tally->items[i].name);
		free(tally->items[i].by);
	}
	free(tally->items);
	*tally = (struct tally){ 0 };
}

struct reading {
	struct tally *tally;
	const struct c_text *text;
	size_t end;
	bool is_after;
};

static const struct c_token *at(const struct reading *reading, size_t i)
{
	static const struct c_token nothing = { .text = "" };

	return i < reading->end ? &reading->text->tokens[i] : &nothing;
}

static bool is(const struct reading *reading, size_t i, const char *word)
{
	return c_token_is(at(reading, i), word);
}

static struct tally_item *find(struct tally *tally, enum tally_kind kind, const char *name,
			       const char *by)
{
	for (size_t i = 0; i < tally->count; i++) {
		struct tally_item *item = &tally->items[i];

		if (item->kind == kind && !strcmp(item->name, name) &&
		    (!by || !strcmp(item->by, by)))
			return item;
	}
	return NULL;
}

static void note(const struct reading *reading, enum tally_kind kind,
		 const struct c_token *token, const char *by)
{
	struct tally *tally = reading->tally;
	auto_free char *name = xstrndup(token->text, token->length);
	struct tally_item *item = find(tally, kind, name, by);

	if (!item) {
		ARRAY_GROW(tally->items, tally->capacity, tally->count + 1);
		item = &tally->items[tally->count++];
		*item = (struct tally_item){ .kind = kind, .name = steal_ptr(name),
					     .by = by ? xstrdup(by) : NULL };
	}
	*(reading->is_after ? &item->after : &item->before) += 1;
}

/* The word that is the n-th argument of the call whose parenthesis is at `open`, or NULL if it is
 * more than a word. */
static const struct c_token *argument_of(const struct reading *reading, size_t open, unsigned n)
{
	size_t close = c_text_close(reading->text, open, reading->end);
	size_t i = open + 1;

	if (close == NO_TOKEN)
		return NULL;
	for (; n && i < close; i++) {
		n -= is(reading, i, ",");
		if (is(reading, i, "(") || is(reading, i, "["))
			i = c_text_close(reading->text, i, close);
		if (i == NO_TOKEN)
			return NULL;
	}
	i += is(reading, i, "&");
	if (n || !at(reading, i)->is_word ||
	    !(i + 1 == close || is(reading, i + 1, ",")))
		return NULL;
	return at(reading, i);
}

static void read_call(const struct reading *reading, size_t i)
{
	note(reading, TALLY_CALL, at(reading, i), NULL);
	for (size_t k = 0; k < ARRAY_SIZE(armings); k++) {
		const struct c_token *function;

		if (!is(reading, i, armings[k].call))
			continue;
		function = argument_of(reading, i + 1, armings[k].argument);
		if (function && !c_token_is(function, "NULL"))
			note(reading, armings[k].kind, function, armings[k].call);
	}
}

/* i: the member's name. "= 1" writes; "+= 1" and "++" do both; "== 1" reads. */
static void read_member(const struct reading *reading, size_t i)
{
	bool is_plain = is(reading, i + 1, "=") && !is(reading, i + 2, "=");
	bool is_both = at(reading, i + 1)->length == 1 &&
		       strchr("+-|&^*/", *at(reading, i + 1)->text) &&
		       (is(reading, i + 2, "=") ||
			(strchr("+-", *at(reading, i + 1)->text) &&
			 at(reading, i + 2)->length == 1 &&
			 *at(reading, i + 2)->text == *at(reading, i + 1)->text));

	if (is_plain || is_both)
		note(reading, TALLY_WRITE, at(reading, i), NULL);
	if (!is_plain)
		note(reading, TALLY_READ, at(reading, i), NULL);
}

void tally_add(struct tally *tally, const struct c_text *text, const struct c_chunk *function,
	       bool is_after)
{
	const struct reading reading = { tally, text, function->end, is_after };

	for (size_t i = function->body + 1; i < function->end; i++) {
		bool is_member = is(&reading, i - 1, ".") ||
				 (is(&reading, i - 1, ">") && is(&reading, i - 2, "-"));

		if (!at(&reading, i)->is_word)
			continue;
		if (is(&reading, i + 1, "("))
			read_call(&reading, i);
		else if (is_member)
			read_member(&reading, i);
	}
}
