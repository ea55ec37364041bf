// SPDX-License-Identifier: GPL-2.0-or-later
#include "runtime/bpf.h"

#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "runtime/btf.h"

#define OBJECTS_LIMIT 100000

static long call_bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static int open_by_id(int command, uint32_t id)
{
	union bpf_attr attr = { .prog_id = id }; /* link_id and prog_id share their place */

	return (int)call_bpf(command, &attr);
}

/* The id behind `id`; false at the end or where it is not allowed. */
static bool next_id(int command, uint32_t *id)
{
	union bpf_attr attr = { .start_id = *id };

	if (call_bpf(command, &attr) < 0)
		return false;
	*id = attr.next_id;
	return true;
}

static bool read_info(int fd, void *info, uint32_t size)
{
	union bpf_attr attr = { .info = { .bpf_fd = (uint32_t)fd, .info_len = size,
					  .info = (uint64_t)(uintptr_t)info } };

	return call_bpf(BPF_OBJ_GET_INFO_BY_FD, &attr) == 0;
}

static void read_link(uint32_t id, const struct buffer *btf, struct bpf_owners *owners)
{
	auto_close int fd = open_by_id(BPF_LINK_GET_FD_BY_ID, id);
	struct bpf_link_info info;

	memset(&info, 0, sizeof(info));
	if (fd < 0 || !read_info(fd, &info, sizeof(info)) || info.type != BPF_LINK_TYPE_TRACING ||
	    info.tracing.attach_type != BPF_MODIFY_RETURN)
		return;

	/* Functions of modules are numbered in the module's own BTF, behind the kernel's. */
	const char *name = btf_function_name(btf->data, btf->size, info.tracing.target_btf_id);

	if (name && *name)
		text_list_add(&owners->functions, name);
	else
		owners->has_unknown = true;
}

static bool is_kprobe_program(uint32_t id)
{
	auto_close int fd = open_by_id(BPF_PROG_GET_FD_BY_ID, id);
	struct bpf_prog_info info;

	memset(&info, 0, sizeof(info));
	return fd >= 0 && read_info(fd, &info, sizeof(info)) && info.type == BPF_PROG_TYPE_KPROBE;
}

void bpf_owners_read(const struct sysroot *root, struct bpf_owners *ret_owners)
{
	auto_buffer struct buffer btf = BUFFER_INIT;
	struct error dropped;
	uint32_t id = 0;

	*ret_owners = (struct bpf_owners){ 0 };
	if (!root->live || geteuid() != 0)
		return;
	for (unsigned i = 0; i < OBJECTS_LIMIT && next_id(BPF_LINK_GET_NEXT_ID, &id); i++) {
		if (!btf.size)
			sysroot_read(root, BTF_FILE_LIMIT, &btf, &dropped, "/sys/kernel/btf/vmlinux");
		read_link(id, &btf, ret_owners);
	}
	id = 0;
	for (unsigned i = 0; i < OBJECTS_LIMIT && next_id(BPF_PROG_GET_NEXT_ID, &id); i++)
		ret_owners->has_kprobe_programs |= is_kprobe_program(id);
	ret_owners->known = true;
}

void bpf_owners_clear(struct bpf_owners *owners)
{
	text_list_clear(&owners->functions);
	*owners = (struct bpf_owners){ 0 };
}
