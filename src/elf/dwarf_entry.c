// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/dwarf_entry.h"

#include <dwarf.h>
#include <string.h>

int dwarf_entry_error(Dwarf_Die *die, struct error *err, const char *what)
{
	/* Asking for the number forgets it: the next error will not be told this one's reason. */
	int number = dwarf_errno();
	const char *why = number ? dwarf_errmsg(number) : NULL;

	return error_set(err, ERROR_INVALID, "debugging entry 0x%llx: %s%s%s",
			 (unsigned long long)dwarf_dieoffset(die), what, why ? ": " : "",
			 why ? why : "");
}

/* Constants only; a size or bound that is computed at run time (variable-length arrays) stays
 * unknown. *ret_known may be NULL. */
static bool read_number(Dwarf_Attribute *attribute, uint64_t *ret_value, bool *ret_known)
{
	Dwarf_Word value;

	switch (dwarf_whatform(attribute)) {
	case DW_FORM_exprloc:
	case DW_FORM_block1:
	case DW_FORM_block2:
	case DW_FORM_block4:
	case DW_FORM_block:
	case DW_FORM_ref4:
	case DW_FORM_sec_offset:
		return true;
	default:
		break;
	}
	if (dwarf_formudata(attribute, &value) != 0)
		return false;
	*ret_value = value;
	if (ret_known)
		*ret_known = true;
	return true;
}

static bool read_reference(Dwarf_Attribute *attribute, const void **ret_identity)
{
	Dwarf_Die die;

	if (!dwarf_formref_die(attribute, &die))
		return false;
	*ret_identity = die.addr;
	return true;
}

static bool is_expression(Dwarf_Attribute *attribute)
{
	unsigned form = dwarf_whatform(attribute);

	return form == DW_FORM_exprloc || form == DW_FORM_block1 || form == DW_FORM_block2 ||
	       form == DW_FORM_block4 || form == DW_FORM_block;
}

/* Old compilers write a member's offset as "plus_uconst N". */
static bool read_member_offset(Dwarf_Attribute *attribute, struct dwarf_entry *entry)
{
	Dwarf_Op *operations;
	size_t count;

	if (!is_expression(attribute))
		return read_number(attribute, &entry->member_offset, NULL);
	if (dwarf_getlocation(attribute, &operations, &count) != 0 || count != 1 ||
	    operations[0].atom != DW_OP_plus_uconst)
		return false;
	entry->member_offset = operations[0].number;
	return true;
}

/* "addr A", or (clang) "addrx N": the N-th in the unit's table of addresses. *ret_is_address is
 * false if it is something else; the result is false if it cannot be read. */
static bool read_address(Dwarf_Attribute *attribute, const Dwarf_Op *operation,
			 bool *ret_is_address, uint64_t *ret_address)
{
	Dwarf_Attribute indexed;
	Dwarf_Addr address;

	*ret_is_address = operation->atom == DW_OP_addr;
	*ret_address = operation->number;
	if (operation->atom != DW_OP_addrx && operation->atom != DW_OP_GNU_addr_index)
		return true;
	if (dwarf_getlocation_attr(attribute, operation, &indexed) != 0 ||
	    dwarf_formaddr(&indexed, &address) != 0)
		return false;
	*ret_is_address = true;
	*ret_address = address;
	return true;
}

/* The location of a static variable is an address, with an offset behind it if the variable lies
 * inside another object. Registers, the stack and location lists are for others. */
static bool read_location(Dwarf_Attribute *attribute, struct dwarf_entry *entry)
{
	Dwarf_Op *operations;
	size_t count;

	if (!is_expression(attribute))
		return true;
	if (dwarf_getlocation(attribute, &operations, &count) != 0)
		return false;
	if (count == 0 || count > 2 || (count == 2 && operations[1].atom != DW_OP_plus_uconst))
		return true;
	if (!read_address(attribute, &operations[0], &entry->has_address, &entry->address))
		return false;
	if (count == 2)
		entry->address += operations[1].number;
	return true;
}

static bool read_flag(Dwarf_Attribute *attribute, bool *ret_flag)
{
	return dwarf_formflag(attribute, ret_flag) == 0;
}

static bool read_small(Dwarf_Attribute *attribute, unsigned *ret_value)
{
	uint64_t value = 0;

	if (!read_number(attribute, &value, NULL) || value > UINT32_MAX)
		return false;
	*ret_value = (unsigned)value;
	return true;
}

static bool read_bound(Dwarf_Attribute *attribute, struct dwarf_entry *entry, unsigned more)
{
	uint64_t value = 0;

	if (!read_number(attribute, &value, &entry->has_bound))
		return false;
	/* The upper bound of an array of no elements is -1. */
	entry->bound = entry->has_bound ? value + more : 0;
	return true;
}

static bool read_value(Dwarf_Attribute *attribute, int64_t *ret_value)
{
	uint64_t value = 0;

	if (!read_number(attribute, &value, NULL))
		return false;
	*ret_value = (int64_t)value;
	return true;
}

static bool read_name(Dwarf_Attribute *attribute, const char **ret_name)
{
	const char *name = dwarf_formstring(attribute);

	if (!name)
		return false;
	*ret_name = *name ? name : NULL;
	return true;
}

/* As opposed to what the compiler inlined of its own accord: DWARF 5, section 3.3.8. */
static bool read_inline(Dwarf_Attribute *attribute, struct dwarf_entry *entry)
{
	unsigned how = DW_INL_not_inlined;

	if (!read_small(attribute, &how))
		return false;
	entry->is_inline = how == DW_INL_declared_inlined || how == DW_INL_declared_not_inlined;
	return true;
}

static bool read_attribute(Dwarf_Attribute *attribute, struct dwarf_entry *entry)
{
	switch (dwarf_whatattr(attribute)) {
	case DW_AT_name:
		return read_name(attribute, &entry->name);
	case DW_AT_type:
		return read_reference(attribute, &entry->type);
	case DW_AT_abstract_origin:
		return read_reference(attribute, &entry->origin);
	case DW_AT_specification:
		return read_reference(attribute, &entry->specification);
	case DW_AT_declaration:
		return read_flag(attribute, &entry->is_declaration);
	case DW_AT_external:
		return read_flag(attribute, &entry->is_external);
	case DW_AT_inline:
		return read_inline(attribute, entry);
	case DW_AT_low_pc:
	case DW_AT_ranges:
		entry->has_code = true;
		return true;
	case DW_AT_encoding:
		return read_small(attribute, &entry->encoding);
	case DW_AT_decl_line:
		return read_small(attribute, &entry->line);
	case DW_AT_byte_size:
		return read_number(attribute, &entry->size, &entry->has_size);
	case DW_AT_alignment:
		return read_number(attribute, &entry->alignment, NULL);
	case DW_AT_count:
		return read_bound(attribute, entry, 0);
	case DW_AT_upper_bound:
		return read_bound(attribute, entry, 1);
	case DW_AT_data_member_location:
		return read_member_offset(attribute, entry);
	case DW_AT_bit_size:
		return read_number(attribute, &entry->bit_size, NULL);
	case DW_AT_data_bit_offset:
		return read_number(attribute, &entry->bit_offset, &entry->has_bit_offset);
	case DW_AT_bit_offset:
		return read_number(attribute, &entry->old_bit_offset, &entry->has_old_bit_offset);
	case DW_AT_const_value:
		return entry->tag != DW_TAG_enumerator || read_value(attribute, &entry->value);
	case DW_AT_location:
		return entry->tag != DW_TAG_variable || read_location(attribute, entry);
	default:
		return true;
	}
}

struct reading {
	struct dwarf_entry *entry;
	bool failed;
};

static int take_attribute(Dwarf_Attribute *attribute, void *data)
{
	struct reading *reading = data;

	reading->failed = !read_attribute(attribute, reading->entry);
	return reading->failed ? DWARF_CB_ABORT : DWARF_CB_OK;
}

int dwarf_entry_read(Dwarf_Die *die, struct dwarf_entry *ret_entry, struct error *err)
{
	struct reading reading = { .entry = ret_entry };

	*ret_entry = (struct dwarf_entry){ .die = die, .tag = dwarf_tag(die) };
	if (ret_entry->tag == DW_TAG_invalid)
		return dwarf_entry_error(die, err, "unreadable");
	if (dwarf_getattrs(die, take_attribute, &reading, 0) < 0 || reading.failed)
		return dwarf_entry_error(die, err, "unreadable attribute");
	return 0;
}
