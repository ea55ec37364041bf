// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/skeleton_macros.h"

#include <string.h>

#include "base/memory.h"

/* Variables that macros define, by the type that they get (include/linux/mutex.h and so on); "%s" is
 * the name. Those with two arguments have the name second or are written out. */
static const struct {
	const char *macro, *declaration;
} defining_macros[] = {
	{ "DEFINE_MUTEX", "extern struct mutex %s;" },
	{ "DEFINE_SPINLOCK", "extern spinlock_t %s;" },
	{ "DEFINE_RAW_SPINLOCK", "extern raw_spinlock_t %s;" },
	{ "DEFINE_RWLOCK", "extern rwlock_t %s;" },
	{ "DEFINE_SEQLOCK", "extern seqlock_t %s;" },
	{ "DEFINE_SEMAPHORE", "extern struct semaphore %s;" },
	{ "DECLARE_RWSEM", "extern struct rw_semaphore %s;" },
	{ "DEFINE_STATIC_PERCPU_RWSEM", "extern struct percpu_rw_semaphore %s;" },
	{ "DEFINE_PERCPU_RWSEM", "extern struct percpu_rw_semaphore %s;" },
	{ "DECLARE_WAIT_QUEUE_HEAD", "extern wait_queue_head_t %s;" },
	{ "DECLARE_COMPLETION", "extern struct completion %s;" },
	{ "LIST_HEAD", "extern struct list_head %s;" },
	{ "HLIST_HEAD", "extern struct hlist_head %s;" },
	{ "LLIST_HEAD", "extern struct llist_head %s;" },
	{ "DEFINE_IDA", "extern struct ida %s;" },
	{ "DEFINE_IDR", "extern struct idr %s;" },
	{ "DEFINE_XARRAY", "extern struct xarray %s;" },
	{ "DEFINE_XARRAY_ALLOC", "extern struct xarray %s;" },
	{ "DEFINE_XARRAY_FLAGS", "extern struct xarray %s;" },
	{ "DECLARE_WORK", "extern struct work_struct %s;" },
	{ "DECLARE_DELAYED_WORK", "extern struct delayed_work %s;" },
	{ "DEFINE_TIMER", "extern struct timer_list %s;" },
	{ "DEFINE_STATIC_KEY_FALSE", "extern struct static_key_false %s;" },
	{ "DEFINE_STATIC_KEY_FALSE_RO", "extern struct static_key_false %s;" },
	{ "DEFINE_STATIC_KEY_TRUE", "extern struct static_key_true %s;" },
	{ "DEFINE_STATIC_KEY_TRUE_RO", "extern struct static_key_true %s;" },
	{ "DEFINE_STATIC_KEY_DEFERRED_FALSE", "extern struct static_key_false_deferred %s;" },
	{ "DEFINE_STATIC_KEY_DEFERRED_TRUE", "extern struct static_key_true_deferred %s;" },
	{ "DEFINE_STATIC_SRCU", "extern struct srcu_struct %s;" },
	{ "DEFINE_SRCU", "extern struct srcu_struct %s;" },
	{ "BLOCKING_NOTIFIER_HEAD", "extern struct blocking_notifier_head %s;" },
	{ "ATOMIC_NOTIFIER_HEAD", "extern struct atomic_notifier_head %s;" },
	{ "RAW_NOTIFIER_HEAD", "extern struct raw_notifier_head %s;" },
	{ "DEFINE_RATELIMIT_STATE", "extern struct ratelimit_state %s;" },
};

/* Calls at the top of a file that define nothing which code refers to. */
bool macro_is_registration(const char *macro)
{
	static const char *const prefixes[] = {
		"EXPORT_", "MODULE_", "module_", "__setup", "early_param", "core_param", "NOKPROBE_",
		"ALLOW_ERROR_", "BTF_", "static_assert", "BUILD_BUG_ON", "__initcall", "postcore_",
		"arch_initcall", "subsys_", "fs_initcall", "rootfs_", "device_", "late_", "pure_",
		"core_initcall", "console_", "early_initcall", "__exitcall", "TRACE_", "DEFINE_EVENT",
		"MODULE", "param_check", "security_initcall", "builtin_", "THERMAL_", "OF_", "__SCHED",
	};

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (has_prefix(macro, prefixes[i]))
			return true;
	return false;
}

/* include/linux/average.h: a type and its functions, under names that are put together. */
bool macro_is_type(const char *macro)
{
	return !strcmp(macro, "DECLARE_EWMA");
}

void macro_made_clear(struct macro_made *made)
{
	free(made->declaration);
	text_list_clear(&made->names);
}

/* The text from token `first` up to `end`, which is not part of it. */
static char *text_of(const struct c_text *text, size_t first, size_t end)
{
	const char *start = text->tokens[first].text;
	const struct c_token *last = &text->tokens[end - 1];

	return first < end ? xstrndup(start, (size_t)(last->text + last->length - start)) : xstrdup("");
}

/* "DEFINE_PER_CPU(struct foo *, bar[8])": bar. */
static char *name_per_cpu(const struct c_text *text, size_t open, size_t close)
{
	size_t name = NO_TOKEN;

	for (size_t i = open + 1; i < close; i++) {
		size_t end = c_text_close(text, i, close);

		if (end != NO_TOKEN)
			i = end;
		else if (c_token_is(&text->tokens[i], ",") && text->tokens[i + 1].is_word)
			name = i + 1;
	}
	return name == NO_TOKEN ? NULL : token_text(text, name);
}

/* The macros that have more than a name in their parentheses. */
static void read_others(const struct c_text *text, size_t open, size_t close, const char *macro,
			struct macro_made *made)
{
	auto_free char *first = token_text(text, open + 1);
	auto_free char *all = text_of(text, open + 1, close);
	auto_free char *rest = close > open + 3 ? text_of(text, open + 3, close) : NULL;

	if (has_prefix(macro, "DEFINE_PER_CPU")) { /* include/linux/percpu-defs.h */
		auto_free char *name = name_per_cpu(text, open, close);

		if (!name)
			return;
		made->declaration = xasprintf("DECLARE%s(%s);", macro + strlen("DEFINE"), all);
		text_list_add(&made->names, name);
	} else if (rest && has_prefix(macro, "DEFINE_STATIC_CALL")) { /* include/linux/static_call.h */
		made->declaration = xasprintf("DECLARE_STATIC_CALL(%s, %s);", first, rest);
		text_list_printf(&made->names, "__SCK__%s", first);
		text_list_printf(&made->names, "__SCT__%s", first);
	} else if (rest && (has_prefix(macro, "DEFINE_HASHTABLE") ||
			    has_prefix(macro, "DEFINE_READ_MOSTLY_HASHTABLE"))) {
		made->declaration = xasprintf("extern struct hlist_head %s[1 << (%s)];", first, rest);
		text_list_add(&made->names, first);
	} else if (rest && !strcmp(macro, "DECLARE_BITMAP")) {
		made->declaration = xasprintf("extern unsigned long %s[BITS_TO_LONGS(%s)];", first, rest);
		text_list_add(&made->names, first);
	}
}

int macro_read(const struct c_text *text, const struct item *item, struct macro_made *ret_made,
	       struct error *err)
{
	auto_free char *macro = token_text(text, item->name);
	size_t open = item->name + 1, close = c_text_close(text, open, item->last);

	if (close == NO_TOKEN || close <= open + 1)
		return error_set(err, ERROR_UNSUPPORTED, "%s cannot be read", macro);
	if (macro_is_type(macro)) {
		ret_made->declaration = xstrndup(item->start, (size_t)(item->end - item->start));
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(defining_macros); i++) {
		auto_free char *first = NULL;

		if (strcmp(defining_macros[i].macro, macro))
			continue;
		first = token_text(text, open + 1);
		ret_made->declaration = xasprintf(defining_macros[i].declaration, first);
		text_list_add(&ret_made->names, first);
		return 0;
	}
	read_others(text, open, close, macro, ret_made);
	return 0;
}
