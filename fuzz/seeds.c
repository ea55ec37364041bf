// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes the seeds of fuzz_btf, fuzz_image and fuzz_kallsyms below the folder that it is given. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "made_btf.h"
#include "made_elf.h"
#include "made_kallsyms.h"

static const char *corpus;

static void must(int result, const struct error *err)
{
	if (result < 0) {
		fprintf(stderr, "%s\n", err->msg);
		exit(1);
	}
}

static void write_seed(const char *target, const char *name, const struct buffer *seed)
{
	auto_free char *folder = path_join(corpus, target);
	auto_free char *path = path_join(folder, name);
	struct error err = ERROR_INIT;

	must(directory_make(folder, &err), &err);
	must(file_write(path, seed->data, seed->size, 0644, false, &err), &err);
}

static const struct made_symbol symbols[] = {
	{ 0x0, "A__per_cpu_start" },
	{ 0x1a40, "Akernel_stat" },
	{ MADE_BASE, "T_stext" },
	{ MADE_BASE + 0x10, "tkernel_init" },
	{ MADE_BASE + 0x40, "Tdo_exit" },
	{ MADE_BASE + 0x50, "tkernel_init" },
	{ MADE_BASE + 0x3000000, "Bend" },
};

static void write_kallsyms(void)
{
	static const char *const names[] = { "6.0", "6.1", "6.12" };

	for (int layout = MADE_6_0; layout <= MADE_6_12; layout++) {
		auto_buffer struct buffer absolute = BUFFER_INIT;
		auto_buffer struct buffer plain = BUFFER_INIT;
		auto_free char *plain_name = xasprintf("%s-plain", names[layout]);

		make_kallsyms(symbols, ARRAY_SIZE(symbols), layout, true, &absolute);
		write_seed("fuzz_kallsyms", names[layout], &absolute);
		make_kallsyms(symbols + 2, ARRAY_SIZE(symbols) - 2, layout, false, &plain);
		write_seed("fuzz_kallsyms", plain_name, &plain);
	}
}

static void make_vmlinux(uint16_t type, struct buffer *into)
{
	static const char names[] = "\0work\0table";
	static const uint8_t note[] = {
		4, 0, 0, 0, 4, 0, 0, 0, 3, 0, 0, 0, 'G', 'N', 'U', 0, 0xde, 0xad, 0xbe, 0xef,
	};
	static const char banner[] = "Linux version 6.1.0 (a@b) (gcc-12 (Debian) 12, GNU ld) #1 X\n";
	static const uint8_t code[64];
	const uint64_t base = type == ET_EXEC ? MADE_BASE : 0;
	const Elf64_Sym table[] = {
		{ 0 },
		{ 1, ELF64_ST_INFO(STB_LOCAL, STT_FUNC), 0, 1, base + 0x10, 16 },
		{ 1, ELF64_ST_INFO(STB_LOCAL, STT_FUNC), 0, 1, base + 0x20, 16 },
		{ 6, ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT), 0, 2, base + 0x1000000, 4 },
	};
	auto_buffer struct buffer rodata = BUFFER_INIT;
	auto_buffer struct buffer btf = BUFFER_INIT;

	make_btf(&btf);
	make_kallsyms(symbols, ARRAY_SIZE(symbols), MADE_6_12, true, &rodata);
	buffer_add(&rodata, banner, sizeof(banner));

	const struct made_section sections[] = {
		{ ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, base, code, sizeof(code), 0 },
		{ ".rodata", SHT_PROGBITS, SHF_ALLOC, base + 0x1000000, rodata.data, rodata.size, 0 },
		{ ".notes", SHT_NOTE, SHF_ALLOC, base + 0x2000000, note, sizeof(note), 0 },
		{ ".BTF", SHT_PROGBITS, SHF_ALLOC, base + 0x2100000, btf.data, btf.size, 0 },
		{ ".symtab", SHT_SYMTAB, 0, 0, table, sizeof(table), 6 },
		{ ".strtab", SHT_STRTAB, 0, 0, names, sizeof(names), 0 },
	};

	make_elf(sections, ARRAY_SIZE(sections), type, into);
}

/* A bzImage: one sector of setup and the payload, see src/target/image.c. */
static void make_image(const struct buffer *payload, struct buffer *into)
{
	const uint32_t length = (uint32_t)payload->size;

	buffer_add_zeros(into, 1024);
	into->data[0x1f1] = 1;
	memcpy(into->data + 0x1fe, "\x55\xaa", 2);
	memcpy(into->data + 0x202, "HdrS\x0f\x02", 6);
	memcpy(into->data + 0x24c, &length, sizeof(length));
	buffer_add(into, payload->data, payload->size);
}

static void write_packed(const struct buffer *vmlinux, const char *name, const char *const *argv)
{
	const struct process_spec spec = {
		.argv = argv, .input = vmlinux->data, .input_size = vmlinux->size,
	};
	const uint32_t size = (uint32_t)vmlinux->size;
	auto_process_result struct process_result result = { 0 };
	auto_buffer struct buffer image = BUFFER_INIT;
	struct error err = ERROR_INIT;

	must(process_run_ok(&spec, &result, &err), &err);
	if (strcmp(name, "gzip"))
		buffer_add(&result.out, &size, sizeof(size));
	make_image(&result.out, &image);
	write_seed("fuzz_image", name, &image);
}

static void write_images(void)
{
	static const struct {
		const char *name, *argv[5];
	} packers[] = {
		{ "gzip", { "gzip", "-9nc" } }, { "xz", { "xz", "--check=crc32", "-c" } },
		{ "zstd", { "zstd", "-19", "-qc" } }, { "lz4", { "lz4", "-l", "-9", "-qc" } },
	};
	auto_buffer struct buffer vmlinux = BUFFER_INIT;
	auto_buffer struct buffer module = BUFFER_INIT;

	make_vmlinux(ET_EXEC, &vmlinux);
	write_seed("fuzz_image", "vmlinux", &vmlinux);
	make_vmlinux(ET_REL, &module);
	write_seed("fuzz_image", "module", &module);
	for (size_t i = 0; i < ARRAY_SIZE(packers); i++)
		write_packed(&vmlinux, packers[i].name, packers[i].argv);
}

int main(int argc, char **argv)
{
	auto_buffer struct buffer btf = BUFFER_INIT;

	if (argc != 2)
		return 64;
	corpus = argv[1];
	make_btf(&btf);
	write_seed("fuzz_btf", "types", &btf);
	write_kallsyms();
	write_images();
	return 0;
}
