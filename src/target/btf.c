// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/btf.h"

#include <linux/btf.h>
#include <stdbool.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "elf/view.h"

#define VMLINUX_LIMIT ((size_t)4 << 30) /* mapped, not read */
#define TYPE_LIMIT ((size_t)4 << 20)
#define DEPTH_LIMIT 32 /* of structs in structs, and of typedefs and qualifiers before a type */
#define MEMBER_STEPS 65536 /* looked at for one question: unnamed members may be shared */

struct btf {
	const struct btf *base; /* borrowed; its ids and names come first. NULL: none */
	struct mapping file; /* what stays mapped, if btf_open() did it */
	const uint8_t *types;
	size_t types_size;
	const char *strings;
	size_t strings_size;
	uint32_t *offsets; /* by type id without the base's: where it starts; in the base 0 is void */
	size_t count; /* type ids, void and the base's included */
	size_t capacity;
};

void btf_free(struct btf *btf)
{
	if (!btf)
		return;
	mapping_clear(&btf->file);
	free(btf->offsets);
	free(btf);
}

static const char *get_name(const struct btf *btf, uint32_t offset)
{
	if (btf->base && offset < btf->base->strings_size)
		return btf->base->strings + offset;
	offset -= btf->base ? (uint32_t)btf->base->strings_size : 0;
	return offset < btf->strings_size ? btf->strings + offset : NULL;
}

/* Where the type stands. id must be below count and not 0 (void). */
static const uint8_t *type_at(const struct btf *btf, uint32_t id)
{
	if (btf->base && id < btf->base->count)
		return type_at(btf->base, id);
	return btf->types + btf->offsets[btf->base ? id - btf->base->count : id];
}

static struct btf_type get_type(const struct btf *btf, uint32_t id)
{
	struct btf_type type;

	memcpy(&type, type_at(btf, id), sizeof(type));
	return type;
}

/* Bytes behind the btf_type; -1 for a kind that is not known, and then nothing behind it is. */
static int64_t extra_size(const struct btf_type *type)
{
	int64_t count = BTF_INFO_VLEN(type->info);

	switch (BTF_INFO_KIND(type->info)) {
	case BTF_KIND_PTR:
	case BTF_KIND_FWD:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case BTF_KIND_FLOAT:
	case BTF_KIND_TYPE_TAG:
		return 0;
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return 4;
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return count * (int64_t)sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return count * (int64_t)sizeof(struct btf_enum);
	case BTF_KIND_FUNC_PROTO:
		return count * (int64_t)sizeof(struct btf_param);
	case BTF_KIND_DATASEC:
		return count * (int64_t)sizeof(struct btf_var_secinfo);
	case BTF_KIND_ENUM64:
		return count * 12;
	default:
		return -1;
	}
}

static int read_types(struct btf *btf, struct error *err)
{
	size_t at = 0, before = btf->base ? btf->base->count : 0;

	btf->count = before;
	if (!btf->base) {
		ARRAY_GROW(btf->offsets, btf->capacity, 1);
		btf->offsets[0] = 0;
		btf->count = 1;
	}
	while (at < btf->types_size) {
		struct btf_type type;

		if (btf->types_size - at < sizeof(type))
			return error_set(err, ERROR_INVALID, "type %zu is cut off", btf->count);
		memcpy(&type, btf->types + at, sizeof(type));

		int64_t extra = extra_size(&type);

		if (extra < 0)
			return error_set(err, ERROR_UNSUPPORTED, "type %zu is of unknown kind %u",
					 btf->count, BTF_INFO_KIND(type.info));
		if ((uint64_t)extra > btf->types_size - at - sizeof(type))
			return error_set(err, ERROR_INVALID, "type %zu is cut off", btf->count);
		if (!get_name(btf, type.name_off))
			return error_set(err, ERROR_INVALID, "type %zu has its name outside",
					 btf->count);
		if (btf->count >= TYPE_LIMIT)
			return error_set(err, ERROR_INVALID, "more than %zu types", TYPE_LIMIT);
		ARRAY_GROW(btf->offsets, btf->capacity, btf->count - before + 1);
		btf->offsets[btf->count++ - before] = (uint32_t)at;
		at += sizeof(type) + (size_t)extra;
	}
	return 0;
}

/* A part of the section behind the header. */
static bool is_inside(const struct btf_header *header, size_t size, uint32_t offset,
		      uint32_t length)
{
	size_t rest = size - header->hdr_len;

	return offset <= rest && length <= rest - offset;
}

int btf_parse(const void *data, size_t size, struct btf **ret_btf, struct error *err)
{
	return btf_parse_split(NULL, data, size, ret_btf, err);
}

int btf_parse_split(const struct btf *base, const void *data, size_t size, struct btf **ret_btf,
		    struct error *err)
{
	auto_btf struct btf *btf = xcalloc(1, sizeof(*btf));
	struct btf_header header;

	btf->base = base;
	if (size < sizeof(header))
		return error_set(err, ERROR_INVALID, "the type information is cut off");
	memcpy(&header, data, sizeof(header));
	if (header.magic != BTF_MAGIC || header.version != BTF_VERSION)
		return error_set(err, ERROR_UNSUPPORTED,
				 "the type information is no BTF of version %d", BTF_VERSION);
	if (header.hdr_len < sizeof(header) || header.hdr_len > size ||
	    !is_inside(&header, size, header.type_off, header.type_len) ||
	    !is_inside(&header, size, header.str_off, header.str_len))
		return error_set(err, ERROR_INVALID, "the type information is cut off");

	const uint8_t *body = (const uint8_t *)data + header.hdr_len;

	btf->types = body + header.type_off;
	btf->types_size = header.type_len;
	btf->strings = (const char *)body + header.str_off;
	btf->strings_size = header.str_len;
	if ((base ? 0 : !btf->strings_size || btf->strings[0]) ||
	    (btf->strings_size && btf->strings[btf->strings_size - 1]))
		return error_set(err, ERROR_INVALID, "the names of the types are broken");
	if (read_types(btf, err) < 0)
		return error_context(err, "the type information (BTF)");
	*ret_btf = steal_ptr(btf);
	return 0;
}

int btf_open(const char *vmlinux, struct btf **ret_btf, struct error *err)
{
	auto_mapping struct mapping file = { 0 };
	auto_elf_view struct elf_view *view = NULL;
	auto_btf struct btf *btf = NULL;

	if (mapping_open(vmlinux, VMLINUX_LIMIT, &file, err) < 0 ||
	    elf_view_open(file.data, file.size, &view, err) < 0)
		return error_context(err, "cannot read the types of %s", vmlinux);

	const struct view_section *section = elf_view_section(view, ".BTF");

	if (!section || !section->data)
		return error_set(err, ERROR_NOT_FOUND,
				 "%s has no section .BTF (CONFIG_DEBUG_INFO_BTF is off)", vmlinux);
	if (btf_parse(section->data, section->size, &btf, err) < 0)
		return error_context(err, "cannot read the types of %s", vmlinux);
	btf->file = file;
	file = (struct mapping){ 0 };
	*ret_btf = steal_ptr(btf);
	return 0;
}

static bool is_aggregate(const struct btf_type *type)
{
	unsigned kind = BTF_INFO_KIND(type->info);

	return kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION;
}

/* The next "struct name" from type id on; 0: none. */
static uint32_t find_struct(const struct btf *btf, const char *name, uint32_t id)
{
	for (; id < btf->count; id++) {
		struct btf_type type = get_type(btf, id);

		if (BTF_INFO_KIND(type.info) == BTF_KIND_STRUCT &&
		    !strcmp(get_name(btf, type.name_off), name))
			return id;
	}
	return 0;
}

int btf_struct_size(const struct btf *btf, const char *name, uint64_t *ret_size, struct error *err)
{
	uint32_t id = find_struct(btf, name, 1);

	if (!id)
		return error_set(err, ERROR_NOT_FOUND, "the kernel has no struct %s", name);

	uint32_t size = get_type(btf, id).size;

	while ((id = find_struct(btf, name, id + 1)))
		if (get_type(btf, id).size != size)
			return error_set(err, ERROR_INVALID,
					 "the kernel has several structs %s of different size",
					 name);
	*ret_size = size;
	return 0;
}

/* Behind typedefs and qualifiers; 0 (void) where there is none or no end. *ret_typedef, if wanted: the
 * last typedef's name on the way, NULL if there was none. */
static uint32_t resolve_named(const struct btf *btf, uint32_t id, const char **ret_typedef)
{
	if (ret_typedef)
		*ret_typedef = NULL;
	for (int depth = 0; depth < DEPTH_LIMIT; depth++) {
		if (id == 0 || id >= btf->count)
			return 0;

		struct btf_type type = get_type(btf, id);

		switch (BTF_INFO_KIND(type.info)) {
		case BTF_KIND_TYPEDEF:
			if (ret_typedef)
				*ret_typedef = get_name(btf, type.name_off);
			/* fall through */
		case BTF_KIND_VOLATILE:
		case BTF_KIND_CONST:
		case BTF_KIND_RESTRICT:
		case BTF_KIND_TYPE_TAG:
			id = type.type;
			break;
		default:
			return id;
		}
	}
	return 0;
}

static uint32_t resolve(const struct btf *btf, uint32_t id)
{
	return resolve_named(btf, id, NULL);
}

/* One question on its way down the members. */
struct search {
	const struct btf *btf;
	const char *name; /* first `length` bytes: the member that is looked for */
	size_t length;
	unsigned steps;
	uint32_t type; /* found: of the member */
	uint64_t bits; /* found: its offset */
	bool is_bit_field;
};

static bool find_member(struct search *search, uint32_t id, uint64_t bits, int depth);

static bool is_found(struct search *search, const struct btf_type *outer,
		     const struct btf_member *member, uint64_t bits, int depth)
{
	const char *name = get_name(search->btf, member->name_off);
	bool has_fields = BTF_INFO_KFLAG(outer->info);
	uint64_t offset = bits + (has_fields ? BTF_MEMBER_BIT_OFFSET(member->offset) :
					       member->offset);

	if (!name)
		return false;
	if (!*name)
		return find_member(search, resolve(search->btf, member->type), offset, depth + 1);
	if (strlen(name) != search->length || memcmp(name, search->name, search->length))
		return false;
	search->type = member->type;
	search->bits = offset;
	search->is_bit_field = offset % 8 ||
			       (has_fields && BTF_MEMBER_BITFIELD_SIZE(member->offset));
	return true;
}

static bool find_member(struct search *search, uint32_t id, uint64_t bits, int depth)
{
	if (id == 0 || depth > DEPTH_LIMIT)
		return false;

	struct btf_type type = get_type(search->btf, id);
	const uint8_t *at = type_at(search->btf, id) + sizeof(type);

	if (!is_aggregate(&type))
		return false;
	for (size_t i = 0; i < BTF_INFO_VLEN(type.info); i++) {
		struct btf_member member;

		if (search->steps++ > MEMBER_STEPS)
			return false;
		memcpy(&member, at + i * sizeof(member), sizeof(member));
		if (is_found(search, &type, &member, bits, depth))
			return true;
	}
	return false;
}

/* Offset of "a.b.c" in the type. */
static int follow_path(const struct btf *btf, uint32_t id, const char *path, uint64_t *ret_offset,
		       struct error *err)
{
	struct search search = { .btf = btf, .type = id };

	for (;;) {
		search.name = path;
		search.length = strcspn(path, ".");
		if (!search.length || !find_member(&search, resolve(btf, search.type),
						   search.bits, 0))
			return error_set(err, ERROR_NOT_FOUND, "it has no member %.*s",
					 (int)search.length, path);
		path += search.length;
		if (search.is_bit_field)
			return error_set(err, ERROR_UNSUPPORTED, "%.*s is a bit-field",
					 (int)search.length, search.name);
		if (!*path)
			break;
		path++;
	}
	*ret_offset = search.bits / 8;
	return 0;
}

int btf_member_offset(const struct btf *btf, const char *name, const char *member,
		      uint64_t *ret_offset, struct error *err)
{
	uint32_t id = find_struct(btf, name, 1);
	uint64_t offset, other;

	if (!id)
		return error_set(err, ERROR_NOT_FOUND, "the kernel has no struct %s", name);
	if (follow_path(btf, id, member, &offset, err) < 0)
		return error_context(err, "struct %s", name);
	while ((id = find_struct(btf, name, id + 1))) {
		struct error missing = ERROR_INIT;

		if (follow_path(btf, id, member, &other, &missing) < 0 || other != offset)
			return error_set(err, ERROR_INVALID,
					 "the kernel has several structs %s that differ in %s",
					 name, member);
	}
	*ret_offset = offset;
	return 0;
}

uint32_t btf_count(const struct btf *btf)
{
	return (uint32_t)btf->count;
}

bool btf_aggregate(const struct btf *btf, uint32_t id, struct btf_aggregate *ret_aggregate)
{
	struct btf_type type;

	if (id == 0 || id >= btf->count)
		return false;
	type = get_type(btf, id);
	if (!is_aggregate(&type))
		return false;
	*ret_aggregate = (struct btf_aggregate){
		.name = get_name(btf, type.name_off),
		.is_union = BTF_INFO_KIND(type.info) == BTF_KIND_UNION,
		.size = type.size,
		.member_count = BTF_INFO_VLEN(type.info),
	};
	return true;
}

void btf_aggregate_member(const struct btf *btf, uint32_t id, size_t index,
			  struct btf_aggregate_member *ret_member)
{
	struct btf_type type = get_type(btf, id);
	bool has_fields = BTF_INFO_KFLAG(type.info);
	struct btf_member member;

	memcpy(&member, type_at(btf, id) + sizeof(type) + index * sizeof(member), sizeof(member));

	const char *name = get_name(btf, member.name_off);

	*ret_member = (struct btf_aggregate_member){
		.name = name ? name : "",
		.bit_offset = has_fields ? BTF_MEMBER_BIT_OFFSET(member.offset) : member.offset,
		.bit_size = has_fields ? BTF_MEMBER_BITFIELD_SIZE(member.offset) : 0,
	};
}

uint32_t btf_first(const struct btf *btf)
{
	return btf->base ? btf_count(btf->base) : 1;
}

/* The id of a function's prototype; 0: it has none. */
static uint32_t find_prototype(const struct btf *btf, uint32_t id)
{
	struct btf_type type;

	if (id == 0 || id >= btf->count)
		return 0;
	type = get_type(btf, id);
	if (BTF_INFO_KIND(type.info) != BTF_KIND_FUNC || type.type == 0 || type.type >= btf->count)
		return 0;
	id = type.type;
	type = get_type(btf, id);
	return BTF_INFO_KIND(type.info) == BTF_KIND_FUNC_PROTO ? id : 0;
}

static struct btf_param get_parameter(const struct btf *btf, uint32_t prototype, size_t index)
{
	struct btf_param parameter;

	memcpy(&parameter, type_at(btf, prototype) + sizeof(struct btf_type) +
	       index * sizeof(parameter), sizeof(parameter));
	return parameter;
}

bool btf_function(const struct btf *btf, uint32_t id, struct btf_function *ret_function)
{
	uint32_t prototype = find_prototype(btf, id);

	if (!prototype)
		return false;

	struct btf_type type = get_type(btf, prototype);
	size_t count = BTF_INFO_VLEN(type.info);
	/* "...": a last parameter without a type */
	bool is_variadic = count && !get_parameter(btf, prototype, count - 1).type;

	*ret_function = (struct btf_function){
		.name = get_name(btf, get_type(btf, id).name_off),
		.parameter_count = count - is_variadic,
		.is_variadic = is_variadic,
	};
	return true;
}

static bool is_integer(unsigned kind)
{
	return kind == BTF_KIND_INT || kind == BTF_KIND_ENUM || kind == BTF_KIND_ENUM64;
}

/* The tag of a struct or union, or the name that a typedef gives it; NULL: it has none. */
static const char *find_tag(const struct btf *btf, const struct btf_type *type,
			    const char *from_typedef)
{
	const char *name = get_name(btf, type->name_off);

	return *name ? name : from_typedef;
}

static struct value pointer_to(const struct btf *btf, uint32_t id)
{
	const char *from_typedef;
	struct value value = { .kind = VALUE_POINTER };
	struct btf_type type;

	id = resolve_named(btf, id, &from_typedef);
	if (!id)
		return value;
	type = get_type(btf, id);
	if (is_aggregate(&type) || BTF_INFO_KIND(type.info) == BTF_KIND_FWD)
		value.tag = find_tag(btf, &type, from_typedef);
	else if (is_integer(BTF_INFO_KIND(type.info)))
		value.size = type.size;
	return value;
}

static struct value value_at(const struct btf *btf, uint32_t id)
{
	const char *from_typedef;
	struct btf_type type;

	id = resolve_named(btf, id, &from_typedef);
	if (!id)
		return (struct value){ .kind = VALUE_NONE };
	type = get_type(btf, id);
	if (is_integer(BTF_INFO_KIND(type.info)))
		return (struct value){ VALUE_INTEGER, type.size, NULL };
	if (is_aggregate(&type))
		return (struct value){ VALUE_AGGREGATE, type.size, find_tag(btf, &type, from_typedef) };
	switch (BTF_INFO_KIND(type.info)) {
	case BTF_KIND_PTR:
		return pointer_to(btf, type.type);
	case BTF_KIND_FLOAT:
		return (struct value){ VALUE_FLOAT, type.size, NULL };
	default:
		return (struct value){ .kind = VALUE_UNKNOWN };
	}
}

struct value btf_parameter(const struct btf *btf, uint32_t id, size_t index)
{
	return value_at(btf, get_parameter(btf, find_prototype(btf, id), index).type);
}

struct value btf_returned(const struct btf *btf, uint32_t id)
{
	return value_at(btf, get_type(btf, find_prototype(btf, id)).type);
}
