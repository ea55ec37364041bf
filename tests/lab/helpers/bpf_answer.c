// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bpf_answer FUNCTION VALUE: attaches a BPF fmod_ret program to a kernel function that answers with
 * VALUE in its place, says "attached" and stays until it is ended.
 */
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/btf.c"

static uint32_t find_function(const char *name)
{
	static uint8_t data[16 << 20];
	FILE *file = fopen("/sys/kernel/btf/vmlinux", "r");

	return file ? btf_function_id(data, fread(data, 1, sizeof(data), file), name) : 0;
}

int main(int argc, char **argv)
{
	static char log[65536];

	if (argc != 3)
		return 64;

	const struct bpf_insn program[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = atoi(argv[2]) },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr load = {
		.prog_type = BPF_PROG_TYPE_TRACING,
		.expected_attach_type = BPF_MODIFY_RETURN,
		.insns = (uintptr_t)program,
		.insn_cnt = 2,
		.license = (uintptr_t)"GPL",
		.attach_btf_id = find_function(argv[1]),
		.log_level = 1, .log_buf = (uintptr_t)log, .log_size = sizeof(log),
	};
	int fd = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &load, sizeof(load));
	union bpf_attr attach = { .raw_tracepoint = { .prog_fd = (uint32_t)fd } };

	if (fd < 0 || syscall(SYS_bpf, BPF_RAW_TRACEPOINT_OPEN, &attach, sizeof(attach)) < 0) {
		perror(fd < 0 ? "BPF_PROG_LOAD" : "BPF_RAW_TRACEPOINT_OPEN");
		fputs(log, stderr);
		return 1;
	}
	puts("attached");
	fflush(stdout);
	pause();
	return 0;
}
