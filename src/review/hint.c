// SPDX-License-Identifier: GPL-2.0-or-later
#include "review/hint.h"

#include <fnmatch.h>
#include <string.h>

#include "review/tally.h"

struct function_review {
	char *name;
	const char *file; /* of the edit */
	bool is_changed;
	struct tally tally;
};

struct review {
	struct changeset *const *changesets;
	size_t changeset_count;
	struct finding_list *findings;
	struct function_review *functions; /* of all files that are edited */
	size_t count, capacity;
};

static const char *const lock_calls[] = {
	"mutex_lock*", "mutex_trylock*", "spin_lock*", "spin_trylock*", "raw_spin_lock*",
	"read_lock*", "write_lock*", "down", "down_*", "rcu_read_lock*", "srcu_read_lock*",
	"lock_sock*", "bh_lock_sock*", "rtnl_lock*", "inode_lock*", "mmap_read_lock*",
	"mmap_write_lock*", "device_lock*", "write_seqlock*", "read_seqbegin*", "folio_lock*",
	"lock_page*", "guard", "scoped_guard", NULL,
};
static const char *const unlock_calls[] = {
	"mutex_unlock*", "spin_unlock*", "raw_spin_unlock*", "read_unlock*", "write_unlock*",
	"up", "up_*", "rcu_read_unlock*", "srcu_read_unlock*", "release_sock*",
	"bh_unlock_sock*", "rtnl_unlock*", "inode_unlock*", "mmap_read_unlock*",
	"mmap_write_unlock*", "device_unlock*", "write_sequnlock*", "folio_unlock*",
	"unlock_page*", NULL,
};
static const char *const get_calls[] = {
	"*_get", "*_get_*", "get_*", "*_hold", "refcount_inc*", "fget*", "dget*", "igrab",
	"ihold", "*_tryget", "*_tryget_*", NULL,
};
static const char *const put_calls[] = {
	"*_put", "*_put_*", "put_*", "refcount_dec*", "fput*", "dput*", "iput*", NULL,
};
/* Of the same form, and no references (include/linux/uaccess.h, percpu.h, smp.h, random.h). */
static const char *const no_references[] = {
	"get_user*", "put_user*", "get_cpu*", "put_cpu*", "get_random_*", "get_unaligned*",
	"put_unaligned*", "get_cycles*", "nla_put*", "nla_get*", "seq_put*", "skb_put*", "get_order",
	"*_put_user*", "*_get_user*", "get_zeroed_page*", "get_free_page*", "*_get_drvdata", NULL,
};

static bool is_one_of(const char *const *patterns, const char *name)
{
	for (; *patterns; patterns++)
		if (!fnmatch(*patterns, name, 0))
			return true;
	return false;
}

/* Functions of the unit that call this one and stay as they are: " (callers that stay as they are:
 * a, b)", or "". Caller frees. */
static char *unpatched_callers(const struct review *review, const char *name)
{
	auto_buffer struct buffer text = BUFFER_INIT;
	size_t found = 0;

	for (size_t c = 0; c < review->changeset_count; c++) {
		const struct side *side = review->changesets[c]->new;
		const struct atom *function = side ? map_find(side->by_name, name) : NULL;

		for (size_t i = 0; function && i < side->atom_count; i++) {
			const struct atom *atom = side->atoms[i];
			struct target target;
			struct error ignored;
			bool calls = false;

			if (!atom->is_function || atom->state != ATOM_SAME)
				continue;
			for (size_t k = 0; k < atom->reloc_count && !calls; k++)
				calls = target_of(atom->section, &atom->relocs[k], &target,
						  &ignored) == 0 &&
					target.kind == TARGET_ATOM && target.atom == function;
			if (calls && found++ < 3)
				buffer_printf(&text, "%s%s",
					      text.size ? ", " : "; callers that stay as they are: ",
					      atom->name);
		}
	}
	if (found > 3)
		buffer_printf(&text, " and %zu more", found - 3);
	return buffer_steal_text(&text);
}

static void put_change(struct buffer *text, const struct tally_item *item)
{
	int more = item->after - item->before;

	if (more > 1 || more < -1)
		buffer_printf(text, "%s%s %d times %s", text->size ? ", " : "", item->name,
			      more > 0 ? more : -more, more > 0 ? "more" : "less");
	else
		buffer_printf(text, "%s%s once %s", text->size ? ", " : "", item->name,
			      more > 0 ? "more" : "less");
}

static void hint_locks(const struct review *review, const struct function_review *function)
{
	auto_buffer struct buffer text = BUFFER_INIT;
	auto_free char *callers = NULL;

	for (size_t i = 0; i < function->tally.count; i++) {
		const struct tally_item *item = &function->tally.items[i];

		if (item->kind == TALLY_CALL && item->before != item->after &&
		    (is_one_of(lock_calls, item->name) || is_one_of(unlock_calls, item->name)))
			put_change(&text, item);
	}
	if (!text.size)
		return;
	callers = unpatched_callers(review, function->name);
	finding_add(review->findings, RULE_LOCK_CHANGED, function->file, function->name, NULL,
		    "%s%s", buffer_text(&text), callers);
}

/* One more get and one more put in the same function are in balance. */
static void hint_references(const struct review *review, const struct function_review *function)
{
	auto_buffer struct buffer text = BUFFER_INIT;
	int gets = 0, puts = 0;

	for (size_t i = 0; i < function->tally.count; i++) {
		const struct tally_item *item = &function->tally.items[i];
		bool is_put = is_one_of(put_calls, item->name);
		bool is_get = !is_put && is_one_of(get_calls, item->name);

		if (item->kind != TALLY_CALL || item->before == item->after ||
		    is_one_of(no_references, item->name) || !(is_get || is_put))
			continue;
		*(is_get ? &gets : &puts) += item->after - item->before;
		put_change(&text, item);
	}
	if (gets != puts)
		finding_add(review->findings, RULE_REFERENCE_CHANGED, function->file,
			    function->name, NULL, "%s", buffer_text(&text));
}

static const struct function_review *first_writer(const struct review *review, const char *member,
						  const struct function_review *but)
{
	for (size_t i = 0; i < review->count; i++) {
		const struct function_review *function = &review->functions[i];

		for (size_t k = 0; function != but && k < function->tally.count; k++) {
			const struct tally_item *item = &function->tally.items[k];

			if (item->kind == TALLY_WRITE && item->after > item->before &&
			    !strcmp(item->name, member))
				return function;
		}
	}
	return NULL;
}

static void hint_members(const struct review *review, const struct function_review *function)
{
	for (size_t i = 0; i < function->tally.count; i++) {
		const struct tally_item *item = &function->tally.items[i];
		const struct function_review *writer;

		if (item->kind != TALLY_READ || item->after <= item->before)
			continue;
		writer = first_writer(review, item->name, function);
		if (writer)
			finding_add(review->findings, RULE_OLD_OBJECTS, function->file,
				    function->name, NULL,
				    "it reads the member %s, which %s now sets; objects that were there before do not have it",
				    item->name, writer->name);
	}
}

static void hint_callbacks(const struct review *review, const struct function_review *function)
{
	for (size_t i = 0; i < function->tally.count; i++) {
		const struct tally_item *item = &function->tally.items[i];

		if (item->kind != TALLY_ARM || !item->before == !item->after)
			continue;
		finding_add(review->findings, RULE_CALLBACK_ARMED, function->file, function->name,
			    NULL,
			    item->after ? "%s now gives %s to be called later; what was armed before goes on with what it was given then"
					: "%s gives %s no more to be called later; what was armed before still calls it",
			    item->by, item->name);
	}
}

static bool is_known_loop(const struct finding_list *findings, const char *name)
{
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].rule == RULE_NEVER_SWITCHES && findings->items[i].function &&
		    !strcmp(findings->items[i].function, name))
			return true;
	return false;
}

/* A changed function that some function of the file makes a thread of. */
static void hint_threads(const struct review *review, const struct function_review *function)
{
	for (size_t i = 0; i < review->count && function->is_changed; i++) {
		const struct function_review *starter = &review->functions[i];

		for (size_t k = 0; k < starter->tally.count; k++) {
			const struct tally_item *item = &starter->tally.items[k];

			if (item->kind == TALLY_THREAD && item->before &&
			    !strcmp(item->name, function->name) &&
			    !is_known_loop(review->findings, function->name))
				finding_add(review->findings, RULE_NEVER_SWITCHES, function->file,
					    function->name, NULL,
					    "%s makes a kernel thread of it by %s", starter->name,
					    item->by);
		}
	}
}

static bool same_words(const struct c_text *a, const struct c_chunk *one, const struct c_text *b,
		       const struct c_chunk *other)
{
	if (one->end - one->first != other->end - other->first)
		return false;
	for (size_t i = 0; i < one->end - one->first; i++) {
		const struct c_token *x = &a->tokens[one->first + i];
		const struct c_token *y = &b->tokens[other->first + i];

		if (x->length != y->length || memcmp(x->text, y->text, x->length))
			return false;
	}
	return true;
}

static bool has_name(const struct c_text *text, const struct c_chunk *chunk,
		     const struct c_token *name)
{
	if (chunk->name == NO_TOKEN || text->tokens[chunk->name].length != name->length)
		return false;
	return !memcmp(text->tokens[chunk->name].text, name->text, name->length);
}

/* The function as it was: the same text, else the one at the same place among those of its name. A
 * name can be there several times: SYSCALL_DEFINE2, and one for each branch of an #ifdef. */
static const struct c_chunk *find_before(const struct c_text *old, const struct c_text *new,
					 const struct c_chunk *chunk)
{
	const struct c_token *name = &new->tokens[chunk->name];
	const struct c_chunk *found = NULL;
	size_t place = 0;

	for (const struct c_chunk *other = new->chunks; other < chunk; other++)
		place += has_name(new, other, name);
	for (size_t i = 0; i < old->chunk_count; i++) {
		const struct c_chunk *other = &old->chunks[i];

		if (!has_name(old, other, name))
			continue;
		if (same_words(old, other, new, chunk))
			return other;
		if (place-- == 0)
			found = other;
	}
	return found;
}

static void read_function(struct review *review, const char *file, const struct c_text *old,
			  const struct c_text *new, const struct c_chunk *chunk)
{
	const struct c_token *name = &new->tokens[chunk->name];
	const struct c_chunk *before = find_before(old, new, chunk);

	ARRAY_GROW(review->functions, review->capacity, review->count + 1);

	struct function_review *function = &review->functions[review->count++];

	*function = (struct function_review){
		.name = xstrndup(name->text, name->length), .file = file,
		.is_changed = !before || !same_words(old, before, new, chunk),
	};
	tally_add(&function->tally, new, chunk, true);
	if (before)
		tally_add(&function->tally, old, before, false);
}

static void read_edit(struct review *review, const struct edit *edit)
{
	auto_c_text struct c_text old = { 0 };
	auto_c_text struct c_text new = { 0 };

	if (!has_suffix(edit->path, ".c") && !has_suffix(edit->path, ".h"))
		return;
	c_text_parse(buffer_text(&edit->original), edit->original.size, NULL, &old);
	c_text_parse(buffer_text(&edit->final), edit->final.size, NULL, &new);
	for (size_t i = 0; i < new.chunk_count; i++)
		if (new.chunks[i].name != NO_TOKEN)
			read_function(review, edit->path, &old, &new, &new.chunks[i]);
}

void hints_find(const struct edit_list *edits, struct changeset *const *changesets, size_t count,
		struct finding_list *findings)
{
	struct review review = { .changesets = changesets, .changeset_count = count,
				 .findings = findings };

	for (size_t i = 0; i < edits->count; i++)
		if (edit_is_change(&edits->items[i]))
			read_edit(&review, &edits->items[i]);
	for (size_t i = 0; i < review.count; i++) {
		const struct function_review *function = &review.functions[i];

		hint_threads(&review, function);
		if (!function->is_changed)
			continue;
		hint_locks(&review, function);
		hint_references(&review, function);
		hint_members(&review, function);
		hint_callbacks(&review, function);
	}
	for (size_t i = 0; i < review.count; i++) {
		tally_clear(&review.functions[i].tally);
		free(review.functions[i].name);
	}
	free(review.functions);
}
