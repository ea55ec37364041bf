// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Forward over the instructions, with the set of registers that may hold the address (or an
 * address near it) in front of each; where ways meet the sets are joined, so an instruction is
 * looked at again at most once for each register. Sound because the address never is in memory:
 * what would put it there, the stack included, ends the search with "no". All edges are followed:
 * falling through, branches in the function and to its cold part, jump labels by their rows,
 * exceptions by theirs.
 */
#include "diff/flow.h"

#include <string.h>

#include "diff/code.h"
#include "elf/effect.h"

#define PARTS_LIMIT 8 /* a function and its cold parts */
#define SIZE_LIMIT ((uint64_t)1 << 20) /* bytes of a part */
#define DEPTH_LIMIT 4 /* functions that hand the address on */
#define STEPS_LIMIT (1u << 20) /* instructions of a function, looked at again for other registers */

#define RAX 0x0001
#define RCX 0x0002
#define RDX 0x0004
#define RSI 0x0040
#define RDI 0x0080
#define R8 0x0100
#define R9 0x0200
#define ARGUMENTS (RDI | RSI | RDX | RCX | R8 | R9) /* x86-64 psABI, section 3.2.3 */
#define RESULTS (RAX | RDX)
#define KEPT 0xf028 /* rbx, rbp, r12 to r15: the callee gives them back */
#define SEEN 0x10000u /* beside a set of registers */

/*
 * Functions of other units that look at what these arguments point to and have forgotten them when
 * they return. lib/nlattr.c: the policy is read; one that an attribute does not meet may get into
 * struct netlink_ext_ack, which lives as long as the answer to the same request of the same task.
 * drivers/infiniband/core/iwpm_util.c: the policy goes to these two, without such a struct.
 * lib/string.c, lib/string_helpers.c: texts and bytes. kernel/locking/mutex.c, spinlock.c,
 * lib/ratelimit.c: a lock or limit that nobody waits for is known to nobody.
 * kernel/printk/printk.c.
 */
static const struct reader {
	const char *name;
	uint16_t arguments;
} readers[] = {
	{ "__nla_parse", R8 },
	{ "__nla_validate", RCX },
	{ "iwpm_parse_nlmsg", RDX },
	{ "memcmp", RDI | RSI },
	{ "memcpy", RSI },
	{ "__memcpy", RSI },
	{ "strcmp", RDI | RSI },
	{ "strncmp", RDI | RSI },
	{ "strcasecmp", RDI | RSI },
	{ "strncasecmp", RDI | RSI },
	{ "strlen", RDI },
	{ "strscpy", RSI },
	{ "match_string", RDI | RDX },
	{ "mutex_lock", RDI },
	{ "mutex_trylock", RDI },
	{ "mutex_unlock", RDI },
	{ "_raw_spin_lock", RDI },
	{ "_raw_spin_lock_bh", RDI },
	{ "_raw_spin_lock_irq", RDI },
	{ "_raw_spin_lock_irqsave", RDI },
	{ "_raw_spin_trylock", RDI },
	{ "_raw_spin_unlock", RDI },
	{ "_raw_spin_unlock_bh", RDI },
	{ "_raw_spin_unlock_irq", RDI },
	{ "_raw_spin_unlock_irqrestore", RDI },
	{ "___ratelimit", RDI | RSI },
	{ "_printk", ARGUMENTS },
};

struct part {
	const struct atom *atom;
	uint32_t *states; /* for each byte of it: registers, and SEEN */
};

struct place {
	unsigned part;
	uint64_t at; /* offset into the section */
};

struct flow {
	const struct atom *to;
	struct part parts[PARTS_LIMIT];
	unsigned part_count;
	struct place *todo;
	size_t todo_count, todo_capacity;
	unsigned depth;
	bool returns_it; /* the result may be the address */
	const char *why;
};

static bool follow(const struct atom *function, const struct atom *to, uint16_t entry,
		   unsigned depth, bool *ret_returns, const char **ret_why);

#define give_up(flow, ...)                                                                   \
	((flow)->why = arena_printf((flow)->to->side->object->arena, __VA_ARGS__), false)

static void visit(struct flow *flow, unsigned part, uint64_t at, uint16_t registers)
{
	const struct atom *atom = flow->parts[part].atom;
	uint32_t *state = &flow->parts[part].states[at - atom->start];
	uint32_t joined = *state | registers | SEEN;

	if (joined == *state)
		return;
	*state = joined;
	ARRAY_GROW(flow->todo, flow->todo_capacity, flow->todo_count + 1);
	flow->todo[flow->todo_count++] = (struct place){ part, at };
}

/* The part that holds the offset of the section, or part_count. */
static unsigned part_at(const struct flow *flow, const struct elf_section *section, int64_t offset)
{
	for (unsigned i = 0; i < flow->part_count; i++) {
		const struct atom *atom = flow->parts[i].atom;

		if (atom->section == section && offset >= (int64_t)atom->start &&
		    offset < (int64_t)atom->end)
			return i;
	}
	return flow->part_count;
}

/* Goes on at the place that a relocation points to; false if it is not in the function. */
static bool visit_target(struct flow *flow, const struct target *target, uint16_t registers)
{
	unsigned part;

	if (target->kind != TARGET_ATOM)
		return false;

	int64_t place = (int64_t)target->atom->start + target->offset;

	part = part_at(flow, target->atom->section, place);
	if (part == flow->part_count)
		return false;
	visit(flow, part, (uint64_t)place, registers);
	return true;
}

/* Does the instruction have the address itself as a value? */
static bool is_source(const struct flow *flow, const struct atom *atom, uint64_t at,
		      const struct effect *effect)
{
	for (size_t i = code_reloc_from(atom, at); i < atom->reloc_count; i++) {
		const struct elf_reloc *reloc = &atom->relocs[i];
		struct target target;
		struct error ignored;

		if (reloc->offset >= at + effect->length)
			break;
		if (target_of(atom->section, reloc, &target, &ignored) < 0)
			return true; /* whatever it is */
		if (target.kind == TARGET_ATOM && target.atom == flow->to &&
		    (effect->is_address || !effect->displacement ||
		     reloc->offset != at + effect->displacement))
			return true;
	}
	return false;
}

/* Edges that the instructions do not show. */
static bool visit_rows(struct flow *flow, const struct atom *atom, uint64_t at, uint16_t before,
		       uint16_t after)
{
	for (const struct row *row = atom->rows; row; row = row->next) {
		struct target target;

		if (code_is_edge(atom, row, at) &&
		    !(code_edge_target(row, &target) && visit_target(flow, &target, before | after)))
			return give_up(flow, "a row of %s leads out of %s", row->section->name,
				       atom->name);
	}
	return true;
}

static uint16_t arguments_of_reader(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++)
		if (!strcmp(readers[i].name, name))
			return readers[i].arguments;
	return 0;
}

/* The whole function is here. For a weak one another may have been linked. */
static bool is_entry(const struct target *target)
{
	const struct atom *atom = target->atom;

	return target->kind == TARGET_ATOM && atom->kind == SECTION_TEXT && atom->symbol &&
	       !atom->parent && atom->symbol->bind != STB_WEAK && target->offset == (int64_t)(atom->symbol->value - atom->start);
}

/* Another function gets control, with these registers; *registers: what it leaves. */
static bool pass_on(struct flow *flow, const struct target *target, uint16_t *registers)
{
	const char *name = target->kind == TARGET_OUTSIDE ? target->symbol->name :
			   target->kind == TARGET_ATOM	  ? target->atom->name :
							    "an unknown function";
	uint16_t arguments = *registers & ARGUMENTS;
	bool is_unit = is_entry(target);
	bool returns = false;

	/* What else there is may survive: pieces of assembly are called in their own ways. Ftrace gives
	 * all registers back (arch/x86/kernel/ftrace_64.S). */
	if (!arguments || (target->kind == TARGET_OUTSIDE && !strcmp(name, "__fentry__")))
		return true;
	if (is_unit) {
		if (!follow(target->atom, flow->to, arguments, flow->depth + 1, &returns,
			    &flow->why))
			return false;
	} else if (target->kind != TARGET_OUTSIDE || (arguments & ~arguments_of_reader(name))) {
		return give_up(flow, "its address is handed to %s", name);
	}
	*registers = (*registers & KEPT) | (returns ? RESULTS : 0);
	return true;
}

static bool leave(struct flow *flow, uint16_t registers)
{
	flow->returns_it |= (registers & RESULTS) != 0;
	return true;
}

static bool branch(struct flow *flow, unsigned part, uint64_t at, const struct effect *effect,
		   uint16_t registers)
{
	const struct atom *atom = flow->parts[part].atom;
	const struct elf_reloc *reloc = code_reloc_in(atom, at, effect->length);
	uint64_t next = at + effect->length;
	bool goes_on = effect->kind != EFFECT_JUMP || code_is_label(atom, at);
	struct target target = { .kind = TARGET_NONE };
	struct error ignored;

	if (!effect->is_relative)
		reloc = NULL; /* of the memory that has the destination */
	if (reloc && target_of(atom->section, reloc, &target, &ignored) < 0)
		return give_up(flow, "%s: %s", atom->name, ignored.msg);
	if (!reloc && effect->is_relative) {
		unsigned to = part_at(flow, atom->section, (int64_t)next + effect->target);

		if (to == flow->part_count || effect->kind == EFFECT_CALL)
			return give_up(flow, "%s branches to nobody knows where", atom->name);
		visit(flow, to, next + (uint64_t)effect->target, registers);
	} else if (effect->kind == EFFECT_CALL || !visit_target(flow, &target, registers)) {
		bool is_return = target.kind == TARGET_OUTSIDE &&
				 !strcmp(target.symbol->name, "__x86_return_thunk");

		/* A place in the function that is reached indirectly is not seen. */
		if (effect->kind == EFFECT_JUMP && !effect->is_relative)
			return give_up(flow, "%s jumps indirectly", atom->name);

		uint16_t after = registers;

		/* Who tail-calls has given the callee's registers back; what still has the address in
		 * one goes on with its own work elsewhere. */
		if (effect->kind != EFFECT_CALL && !is_return &&
		    (registers & (target.kind == TARGET_OUTSIDE ? KEPT : (uint16_t)~ARGUMENTS)))
			return give_up(flow, "%s jumps away with it", atom->name);
		if (!is_return && !pass_on(flow, &target, &after))
			return false;
		if (effect->kind == EFFECT_CALL)
			registers = after;
		else
			leave(flow, after);
	}
	/* A call at the end does not return. */
	if (goes_on && registers && next < atom->end)
		visit(flow, part, next, registers);
	return true;
}

static bool compute(struct flow *flow, const struct effect *effect, bool is_source,
		    uint16_t *registers)
{
	bool has_it = is_source || (effect->reads & *registers) ||
		      (effect->is_address && (effect->addresses & *registers));

	*registers &= (uint16_t)~effect->kills;
	if (!has_it || effect->is_clear)
		return true;
	if (effect->writes_memory || effect->writes_other || !effect->writes)
		return give_up(flow, "its address is stored");
	*registers |= effect->writes;
	return true;
}

static bool step(struct flow *flow, struct place place)
{
	const struct atom *atom = flow->parts[place.part].atom;
	uint16_t before = (uint16_t)flow->parts[place.part].states[place.at - atom->start];
	uint16_t registers = before;
	struct effect effect;

	if (!effect_decode(atom->section->data + place.at, atom->end - place.at, &effect))
		return give_up(flow, "%s+0x%jx is no instruction", atom->name,
			       (uintmax_t)(place.at - atom->start));

	bool source = is_source(flow, atom, place.at, &effect);

	if (!source && !registers)
		return true;
	if (code_has_alternative(atom, place.at))
		return give_up(flow, "%s has alternative code where it uses it", atom->name);
	switch (effect.kind) {
	case EFFECT_CALL:
	case EFFECT_JUMP:
	case EFFECT_JUMP_IF:
		if (source || (effect.reads & registers))
			return give_up(flow, "%s branches by it", atom->name);
		return visit_rows(flow, atom, place.at, before, registers) &&
		       branch(flow, place.part, place.at, &effect, registers);
	case EFFECT_RETURN:
		return leave(flow, registers);
	case EFFECT_COMPARE: /* judged when all ways to it are known */
		break;
	case EFFECT_TRAP:
	case EFFECT_PLAIN:
		if (!compute(flow, &effect, source, &registers))
			return false;
		break;
	}
	if (!visit_rows(flow, atom, place.at, before, registers))
		return false;
	if (!registers)
		return true;
	if (place.at + effect.length >= atom->end)
		return effect.kind == EFFECT_TRAP ? true :
						    give_up(flow, "%s has no end", atom->name);
	visit(flow, place.part, place.at + effect.length, registers);
	return true;
}

/* Wherever an instruction names the data. */
static bool visit_sources(struct flow *flow, unsigned part)
{
	const struct atom *atom = flow->parts[part].atom;
	struct effect effect;

	for (uint64_t at = atom->start; at < atom->end; at += effect.length) {
		if (!effect_decode(atom->section->data + at, atom->end - at, &effect))
			effect = (struct effect){ .length = 1 };
		if (is_source(flow, atom, at, &effect))
			visit(flow, part, at, 0);
	}
	return true;
}

/*
 * With itself, another place in the same data, or a number. What may be the address here and may
 * be another on another way is fine too: nobody else has the address, so no other pointer is equal
 * to it, neither before nor after.
 */
static bool check_compare(struct flow *flow, const struct atom *atom, uint64_t at, uint32_t state,
			  const struct effect *effect)
{
	bool source = is_source(flow, atom, at, effect);
	uint16_t registers = (uint16_t)state;

	if (effect->kind != EFFECT_COMPARE || (!source && !(effect->reads & registers)))
		return true;
	if (effect->has_memory || (effect->reads & ~registers))
		return give_up(flow, "its address is compared with another");
	return true;
}

static bool check_compares(struct flow *flow)
{
	for (unsigned i = 0; i < flow->part_count; i++) {
		const struct atom *atom = flow->parts[i].atom;
		struct effect effect;

		for (uint64_t at = atom->start; at < atom->end; at += effect.length) {
			uint32_t state = flow->parts[i].states[at - atom->start];

			if (!effect_decode(atom->section->data + at, atom->end - at, &effect))
				effect = (struct effect){ .length = 1 };
			else if (!check_compare(flow, atom, at, state, &effect))
				return false;
		}
	}
	return true;
}

static bool add_part(struct flow *flow, const struct atom *atom)
{
	if (flow->part_count == PARTS_LIMIT || !atom->section->data ||
	    atom->end - atom->start > SIZE_LIMIT)
		return give_up(flow, "%s is too large", atom->name);
	flow->parts[flow->part_count++] = (struct part){
		atom, xcalloc(atom->end - atom->start + 1, sizeof(uint32_t)) };
	return true;
}

static bool run(struct flow *flow, const struct atom *function, uint16_t entry)
{
	const struct side *side = function->side;

	if (flow->depth > DEPTH_LIMIT)
		return give_up(flow, "its address is handed on too far");
	if (!add_part(flow, function))
		return false;
	for (size_t i = 0; i < side->atom_count; i++)
		if (side->atoms[i]->parent == function && !add_part(flow, side->atoms[i]))
			return false;
	for (unsigned i = 0; i < flow->part_count; i++)
		visit_sources(flow, i);
	if (entry)
		visit(flow, 0, function->symbol->value, entry);
	for (unsigned steps = 0; flow->todo_count; steps++) {
		if (steps == STEPS_LIMIT)
			return give_up(flow, "%s is too large", function->name);
		if (!step(flow, flow->todo[--flow->todo_count]))
			return false;
	}
	return check_compares(flow);
}

static bool follow(const struct atom *function, const struct atom *to, uint16_t entry,
		   unsigned depth, bool *ret_returns, const char **ret_why)
{
	struct flow flow = { .to = to, .depth = depth };
	bool result = run(&flow, function, entry);

	for (unsigned i = 0; i < flow.part_count; i++)
		free(flow.parts[i].states);
	free(flow.todo);
	*ret_returns = flow.returns_it;
	*ret_why = flow.why;
	return result;
}

bool flow_only_reads(const struct atom *function, const struct atom *to, const char **ret_why)
{
	bool returns;

	if (!follow(function, to, 0, 0, &returns, ret_why))
		return false;
	if (returns)
		*ret_why = "its address is returned";
	return !returns;
}
