// SPDX-License-Identifier: GPL-2.0-or-later
#include "runtime/btf.h"

#include <linux/btf.h>
#include <stdbool.h>
#include <string.h>

struct reader {
	const uint8_t *types, *strings;
	size_t types_size, strings_size;
	size_t at;
	uint32_t id;
};

static bool reader_start(struct reader *reader, const uint8_t *data, size_t size)
{
	struct btf_header header;

	if (size < sizeof(header))
		return false;
	memcpy(&header, data, sizeof(header));
	if (header.magic != BTF_MAGIC || header.hdr_len < sizeof(header) || header.hdr_len > size)
		return false;
	data += header.hdr_len;
	size -= header.hdr_len;
	if (header.type_off > size || header.type_len > size - header.type_off ||
	    header.str_off > size || header.str_len > size - header.str_off || !header.str_len ||
	    data[header.str_off + header.str_len - 1])
		return false;
	*reader = (struct reader){
		.types = data + header.type_off, .types_size = header.type_len,
		.strings = data + header.str_off, .strings_size = header.str_len,
	};
	return true;
}

/* What follows a type's fixed part, in bytes; -1 for a kind that is not known. */
static long extra_size(uint32_t info)
{
	long count = BTF_INFO_VLEN(info);

	switch (BTF_INFO_KIND(info)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case 17: /* BTF_KIND_DECL_TAG */
		return 4;
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return count * (long)sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return count * (long)sizeof(struct btf_enum);
	case BTF_KIND_FUNC_PROTO:
		return count * (long)sizeof(struct btf_param);
	case BTF_KIND_DATASEC:
		return count * (long)sizeof(struct btf_var_secinfo);
	case 19: /* BTF_KIND_ENUM64 */
		return count * 12;
	case BTF_KIND_PTR:
	case BTF_KIND_FWD:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case BTF_KIND_FLOAT:
	case 18: /* BTF_KIND_TYPE_TAG */
		return 0;
	default:
		return -1;
	}
}

/* The next type; false at the end or at something that is not understood. */
static bool reader_next(struct reader *reader, struct btf_type *ret_type)
{
	if (reader->types_size - reader->at < sizeof(*ret_type))
		return false;
	memcpy(ret_type, reader->types + reader->at, sizeof(*ret_type));

	long extra = extra_size(ret_type->info);

	reader->at += sizeof(*ret_type);
	if (extra < 0 || (size_t)extra > reader->types_size - reader->at)
		return false;
	reader->at += (size_t)extra;
	reader->id++;
	return true;
}

static const char *function_name(const struct reader *reader, const struct btf_type *type)
{
	if (BTF_INFO_KIND(type->info) != BTF_KIND_FUNC || type->name_off >= reader->strings_size)
		return NULL;
	return (const char *)reader->strings + type->name_off;
}

const char *btf_function_name(const void *data, size_t size, uint32_t id)
{
	struct reader reader;
	struct btf_type type;

	if (!reader_start(&reader, data, size))
		return NULL;
	while (reader_next(&reader, &type))
		if (reader.id == id)
			return function_name(&reader, &type);
	return NULL;
}

uint32_t btf_function_id(const void *data, size_t size, const char *name)
{
	struct reader reader;
	struct btf_type type;

	if (!reader_start(&reader, data, size))
		return 0;
	while (reader_next(&reader, &type)) {
		const char *found = function_name(&reader, &type);

		if (found && !strcmp(found, name))
			return reader.id;
	}
	return 0;
}
