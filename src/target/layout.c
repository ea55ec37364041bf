// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/memory.h"
#include "elf/view.h"
#include "target/compiler.h"
#include "target/config.h"
#include "target/image.h"
#include "target/notes.h"

#define MAKEFILE_LIMIT ((size_t)1 << 20)
#define VMLINUX_LIMIT ((size_t)4 << 30) /* mapped, not read */

/* The pattern with '@' as the release; caller frees. */
static char *fill_in(const char *pattern, const char *release)
{
	const char *at = strchr(pattern, '@');

	return at ? xasprintf("%.*s%s%s", (int)(at - pattern), pattern, release, at + 1) :
		    xstrdup(pattern);
}

/* The first of the places that is there, or an error that names the first. */
static int pick(const char *root, const char *const *places, const char *release, char **ret_path,
		struct error *err)
{
	auto_free char *first = fill_in(places[0], release);

	for (size_t i = 0; places[i]; i++) {
		auto_free char *name = fill_in(places[i], release);
		auto_free char *path = path_join(root, name);

		if (file_exists(path)) {
			*ret_path = steal_ptr(path);
			return 0;
		}
	}
	return error_set(err, ERROR_NOT_FOUND, "the packages did not bring %s/%s", root, first);
}

/* Where packages put things; the release stands for '@'. Debian and Ubuntu first, then Fedora, RHEL
 * and their kin. Since 6.12 Debian's "objtool" is a front that picks a program by architecture. */
static const char *const image_places[] = { "boot/vmlinuz-@", "lib/modules/@/vmlinuz",
				      "usr/lib/modules/@/vmlinuz", NULL };
static const char *const config_places[] = { "boot/config-@", "lib/modules/@/config",
				       "usr/lib/modules/@/config", NULL };
static const char *const module_places[] = { "lib/modules/@", "usr/lib/modules/@", NULL };
static const char *const header_places[] = { "usr/src/linux-headers-@", "usr/src/kernels/@", NULL };
static const char *const objtool_places[] = { "tools/objtool/objtool.real-x86", "tools/objtool/objtool",
					NULL };
static const char *const symvers_places[] = { "Module.symvers", NULL };

static int fill_paths(struct kernel *kernel, const char *root, struct error *err)
{
	const char *release = kernel->id.release;

	return pick(root, image_places, release, &kernel->image, err) < 0 ||
			       pick(root, config_places, release, &kernel->config, err) < 0 ||
			       pick(root, module_places, release, &kernel->modules, err) < 0 ||
			       pick(root, header_places, release, &kernel->headers, err) < 0 ||
			       pick(kernel->headers, objtool_places, release, &kernel->objtool, err) < 0 ||
			       pick(kernel->headers, symvers_places, release, &kernel->symvers, err) < 0 ?
		       -1 :
		       0;
}

/* The headers' Makefile is one line: "include /usr/src/linux-headers-...-common/Makefile". */
static int move_makefile(const char *headers, const char *root, struct error *err)
{
	static const char installed[] = "include /usr/src/";
	auto_free char *path = path_join(headers, "Makefile");
	auto_buffer struct buffer text = BUFFER_INIT;
	auto_buffer struct buffer moved = BUFFER_INIT;

	if (file_read(path, MAKEFILE_LIMIT, &text, err) < 0)
		return -1;

	const char *rest = buffer_text(&text);

	for (const char *found; (found = strstr(rest, installed)); rest = found + strlen(installed)) {
		buffer_add(&moved, rest, (size_t)(found - rest));
		buffer_printf(&moved, "include %s/usr/src/", root);
	}
	buffer_add_text(&moved, rest);
	return file_write(path, moved.data, moved.size, 0666, false, err);
}

/* "build" and "source" beside the modules, from /usr/src/X to the X below root. */
static int move_link(const char *modules, const char *name, const char *root, struct error *err)
{
	auto_free char *path = path_join(modules, name);
	char target[512];
	ssize_t length = readlink(path, target, sizeof(target) - 1);

	if (length <= 0)
		return 0; /* not there: nobody needs it */
	target[length] = 0;
	if (!has_prefix(target, "/usr/src/"))
		return 0;

	auto_free char *moved = xasprintf("%s%s", root, target);

	if (unlink(path) < 0 || symlink(moved, path) < 0)
		return error_errno(err, "cannot change the link %s", path);
	return 0;
}

int vmlinux_has_debug(const char *vmlinux, bool *ret_has_debug, struct error *err)
{
	auto_mapping struct mapping file = { 0 };
	auto_elf_view struct elf_view *view = NULL;

	if (mapping_open(vmlinux, VMLINUX_LIMIT, &file, err) < 0)
		return -1;
	if (elf_view_open(file.data, file.size, &view, err) < 0)
		return error_context(err, "%s", vmlinux);
	*ret_has_debug = elf_view_has_symbols(view) && elf_view_section(view, ".debug_info");
	return 0;
}

/* The vmlinux inside the image, and who it says it is. */
static int fill_image(struct kernel *kernel, struct error *err)
{
	auto_free char *vmlinux = path_join(kernel->folder, "vmlinux");
	auto_free char *release = xstrdup(kernel->id.release);

	if (image_unpack(kernel->image, vmlinux, err) < 0 ||
	    vmlinux_identify(vmlinux, &kernel->id, err) < 0)
		return -1;
	if (strcmp(release, kernel->id.release))
		return error_set(err, ERROR_INVALID, "%s says it is %s", kernel->image,
				 kernel->id.release);
	kernel->vmlinux = steal_ptr(vmlinux);
	return 0;
}

/* Sets a text that may have been set before. */
static void replace_text(char **text, char *steal)
{
	free(*text);
	*text = steal;
}

int layout_fill_build(struct kernel *kernel, const struct progress *progress, struct error *err)
{
	auto_config struct config *config = NULL;
	auto_free char *text = NULL;
	char hex[DIGEST_HEX_SIZE];

	if (config_read(kernel->config, &config, err) < 0 ||
	    config_compiler_text(config, &text, err) < 0 ||
	    config_check_supported(config, err) < 0 ||
	    compiler_find(config, &kernel->compiler, progress, err) < 0 ||
	    digest_file(kernel->config, hex, err) < 0)
		return -1;
	replace_text(&kernel->id.compiler, steal_ptr(text));
	replace_text(&kernel->id.config_digest, xstrdup(hex));
	replace_text(&kernel->id.arch, xstrdup("x86_64"));
	text_list_printf(&kernel->make_args, "CC=%s", kernel->compiler);
	/* kbuild asks for the linker's name and version when it configures: another is seen there. */
	if (config_get(config, "CONFIG_LD_IS_LLD"))
		text_list_add(&kernel->make_args, "LD=ld.lld");
	text_list_printf(&kernel->make_args, "KERNELRELEASE=%s", kernel->id.release);
	return 0;
}

int layout_fill(struct kernel *kernel, const struct progress *progress, struct error *err)
{
	auto_free char *root = path_join(kernel->folder, "root");

	if (fill_paths(kernel, root, err) < 0 || move_makefile(kernel->headers, root, err) < 0 ||
	    move_link(kernel->modules, "build", root, err) < 0 ||
	    move_link(kernel->modules, "source", root, err) < 0)
		return -1;
	if (layout_fill_build(kernel, progress, err) < 0 || fill_image(kernel, err) < 0)
		return -1;
	/* The tree gets the shipped objtool (source_prepare()), and the encoder of BTF runs only
	 * when a vmlinux is linked. To build both takes half of the time of "make prepare", and
	 * kbuild would build them again in every copy of the tree: their records hold absolute
	 * paths. make(1) knows -o only for itself: --no-print-directory keeps the kernel's Makefile
	 * from running another make. */
	text_list_add(&kernel->make_args, "--no-print-directory");
	text_list_add(&kernel->make_args, "--assume-old=tools/objtool");
	text_list_add(&kernel->make_args, "--assume-old=tools/bpf/resolve_btfids");
	return 0;
}
