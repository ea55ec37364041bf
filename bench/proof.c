// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * proof KERNEL OBJECT PLAIN.o [ORIGINAL.o]: how far one unit is proven, with all differences.
 */
#include <stdio.h>

#include "base/file.h"
#include "proof/unit_proof.h"

static int run(char **argv, struct error *err)
{
	auto_kernel struct kernel *kernel = NULL;
	auto_shipped struct shipped *shipped = NULL;
	auto_buffer struct buffer text = BUFFER_INIT;
	const struct unit_proof_request request = {
		.unit = argv[3], .object = argv[2], .plain = argv[3], .original = argv[4],
	};
	struct unit_proof proof;

	if (kernel_open(argv[1], &kernel, err) < 0 ||
	    shipped_open(kernel, argv[2], &shipped, err) < 0 ||
	    unit_proof_make(&request, shipped, &proof, err) < 0)
		return -1;
	unit_proof_describe(&proof, &text);
	for (size_t i = 0; i < proof.count; i++)
		buffer_printf(&text, "differs %s+%jx (%s): %s\n", proof.differences[i].subject,
			      (uintmax_t)proof.differences[i].offset, proof.differences[i].section,
			      proof.differences[i].text);
	for (size_t i = 0; i < proof.unplaced.count; i++)
		buffer_printf(&text, "not compared: %s\n", proof.unplaced.items[i]);
	printf("%s", buffer_text(&text));
	unit_proof_clear(&proof);
	return 0;
}

int main(int argc, char **argv)
{
	struct error err = ERROR_INIT;

	if (argc < 4)
		return 64;
	if (run(argv, &err) == 0)
		return 0;
	fprintf(stderr, "%s\n", err.msg);
	return error_exit_status(err.code);
}
