// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/initramfs.h"

#include <string.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/map.h"
#include "base/process.h"
#include "lab/cpio.h"
#include "target/decompress.h"

/* The machine has 512 MiB; the archive and what is unpacked from it are in memory at once. */
#define FILE_LIMIT ((size_t)128 << 20)
#define ARCHIVE_LIMIT ((size_t)192 << 20)

struct initramfs {
	struct cpio cpio;
	struct map *digests; /* guest path -> digest of its contents (owned), "" for a folder */
	struct text_list library_folders;
	char *library_path;
};

static const char *const usual_folders[] = { "/bin", "/dev", "/etc", "/proc", "/run",
					     "/sys", "/tmp", NULL };

static void add_folders_above(struct initramfs *initramfs, const char *path)
{
	auto_free char *folder = xstrdup(path);

	for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		if (!map_has(initramfs->digests, folder)) {
			map_set(initramfs->digests, folder, xstrdup(""));
			cpio_add(&initramfs->cpio, &(struct cpio_entry){ .path = folder + 1,
									 .mode = S_IFDIR | 0755 });
		}
		*slash = '/';
	}
}

struct initramfs *initramfs_new(void)
{
	struct initramfs *initramfs = xcalloc(1, sizeof(*initramfs));

	initramfs->digests = map_new();
	initramfs->library_path = xstrdup("");
	for (const char *const *folder = usual_folders; *folder; folder++) {
		auto_free char *inside = path_join(*folder, "x");

		add_folders_above(initramfs, inside);
	}
	/* What /init has for standard input and output before it mounts anything. */
	cpio_add(&initramfs->cpio, &(struct cpio_entry){ .path = "dev/console",
							 .mode = S_IFCHR | 0600,
							 .device_major = 5,
							 .device_minor = 1 });
	return initramfs;
}

void initramfs_free(struct initramfs *initramfs)
{
	if (!initramfs)
		return;
	for (size_t i = 0; i < map_count(initramfs->digests); i++)
		free(map_value(initramfs->digests, i));
	map_free(initramfs->digests);
	cpio_clear(&initramfs->cpio);
	text_list_clear(&initramfs->library_folders);
	free(initramfs->library_path);
	free(initramfs);
}

int initramfs_add_bytes(struct initramfs *initramfs, const char *guest_path, mode_t mode,
			const void *data, size_t size, struct error *err)
{
	char digest[DIGEST_HEX_SIZE];
	const char *before = map_find(initramfs->digests, guest_path);

	if (guest_path[0] != '/' || guest_path[1] == 0 || has_suffix(guest_path, "/"))
		return error_set(err, ERROR_INVALID, "'%s' is no path of a file in the machine",
				 guest_path);
	digest_bytes(data, size, digest);
	if (before && strcmp(before, digest))
		return error_set(err, ERROR_INVALID,
				 "two different files want to be %s in the machine", guest_path);
	if (before)
		return 0;
	if (size > FILE_LIMIT || initramfs->cpio.bytes.size + size > ARCHIVE_LIMIT)
		return error_set(err, ERROR_INVALID,
				 "%s does not fit: the machine has room for %zu MiB of files",
				 guest_path, ARCHIVE_LIMIT >> 20);
	add_folders_above(initramfs, guest_path);
	cpio_add(&initramfs->cpio, &(struct cpio_entry){ .path = guest_path + 1,
							 .mode = S_IFREG | (mode & 07777),
							 .data = data,
							 .size = size });
	map_set(initramfs->digests, guest_path, xstrdup(digest));
	return 0;
}

int initramfs_add_file(struct initramfs *initramfs, const char *guest_path, const char *host_path,
		       struct error *err)
{
	auto_buffer struct buffer contents = BUFFER_INIT;
	struct stat info;

	if (stat(host_path, &info) < 0)
		return error_errno(err, "cannot open %s", host_path);
	if (!S_ISREG(info.st_mode))
		return error_set(err, ERROR_INVALID, "%s is not a file", host_path);
	if (file_read(host_path, FILE_LIMIT, &contents, err) < 0)
		return -1;
	return initramfs_add_bytes(initramfs, guest_path, info.st_mode, contents.data,
				   contents.size, err);
}

int initramfs_add_module(struct initramfs *initramfs, const char *guest_path,
			 const char *host_path, struct error *err)
{
	auto_mapping struct mapping packed = { 0 };
	auto_buffer struct buffer module = BUFFER_INIT;

	if (mapping_open(host_path, FILE_LIMIT, &packed, err) < 0)
		return -1;
	if (packing_of(packed.data, packed.size) == PACKING_NONE)
		return initramfs_add_bytes(initramfs, guest_path, 0644, packed.data, packed.size,
					   err);
	if (decompress(packed.data, packed.size, FILE_LIMIT, &module, NULL, err) < 0)
		return error_context(err, "unpacking %s", host_path);
	return initramfs_add_bytes(initramfs, guest_path, 0644, module.data, module.size, err);
}

/* One line of ldd: "name => /path (0x...)", "/path (0x...)", or the kernel's own vDSO. */
static int parse_library_line(const char *program, char *line, struct text_list *paths,
			      struct error *err)
{
	char *path = strstr(line, "=>");

	path = path ? path + 2 : line;
	path += strspn(path, " \t");
	if (has_prefix(path, "not found"))
		return error_set(err, ERROR_NOT_FOUND, "%s needs a library that is missing:%s",
				 program, line);
	path[strcspn(path, " \t")] = 0;
	if (path[0] == '/')
		text_list_add(paths, path);
	return 0;
}

int program_libraries(const char *path, struct text_list *ret_paths, struct error *err)
{
	const char *const argv[] = { "ldd", path, NULL };
	const char *const env[] = { "LC_ALL=C", NULL };
	const struct process_spec spec = { .argv = argv, .env = env, .output_limit = 1 << 20 };
	auto_process_result struct process_result result = { 0 };
	auto_text_list struct text_list lines = { 0 };

	if (process_run(&spec, &result, err) < 0)
		return -1;
	if (strstr(buffer_text(&result.err), "not a dynamic executable") ||
	    strstr(buffer_text(&result.out), "statically linked"))
		return 0;
	if (result.status != 0)
		return process_result_error(&result, "ldd", err);
	text_list_split(&lines, buffer_text(&result.out), "\n");
	for (size_t i = 0; i < lines.count; i++)
		if (parse_library_line(path, lines.items[i], ret_paths, err) < 0)
			return -1;
	return 0;
}

static void note_library_folder(struct initramfs *initramfs, const char *library)
{
	auto_free char *folder = xstrndup(library, (size_t)(path_base(library) - library - 1));

	if (text_list_has(&initramfs->library_folders, folder))
		return;
	text_list_add(&initramfs->library_folders, folder);

	char *longer = *initramfs->library_path ?
			       xasprintf("%s:%s", initramfs->library_path, folder) :
			       xstrdup(folder);

	free(initramfs->library_path);
	initramfs->library_path = longer;
}

int initramfs_add_program(struct initramfs *initramfs, const char *guest_path,
			  const char *host_path, struct error *err)
{
	auto_text_list struct text_list libraries = { 0 };

	if (program_libraries(host_path, &libraries, err) < 0)
		return error_context(err, "finding the libraries of %s", host_path);
	for (size_t i = 0; i < libraries.count; i++) {
		if (initramfs_add_file(initramfs, libraries.items[i], libraries.items[i], err) < 0)
			return -1;
		note_library_folder(initramfs, libraries.items[i]);
	}
	return initramfs_add_file(initramfs, guest_path, host_path, err);
}

int initramfs_add_busybox(struct initramfs *initramfs, struct error *err)
{
	static const char *const places[] = { "/bin/busybox", "/usr/bin/busybox" };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (file_exists(places[i]))
			return initramfs_add_program(initramfs, "/bin/busybox", places[i], err);
	return error_set(err, ERROR_TOOL,
			 "there is no busybox for the machine's shell: install the package "
			 "busybox-static");
}

const char *initramfs_library_path(const struct initramfs *initramfs)
{
	return initramfs->library_path;
}

int initramfs_write(struct initramfs *initramfs, const char *path, struct error *err)
{
	cpio_finish(&initramfs->cpio);
	return file_write(path, initramfs->cpio.bytes.data, initramfs->cpio.bytes.size, 0644,
			  false, err);
}
