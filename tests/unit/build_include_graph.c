// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "base/memory.h"
#include "build/include_graph.h"
#include "build/include_scan.h"
#include "test.h"

static const char graph_text[] =
	"F fs/a.c\n<linux/x.h\n\"internal.h\n"
	"F fs/internal.h\n\"../include/linux/y.h\n"
	"F mm/b.c\n\"internal.h\n"
	"F mm/internal.h\n"
	"F mm/c.c\n\"b.c\n"
	"F net/d.c\n\"odd/z.h\n<asm/w.h\n"
	"F net/lib/odd/z.h\n"
	"F include/linux/x.h\n<asm/w.h\n"
	"F include/linux/y.h\n"
	"F include/linux/kconfig.h\n"
	"F arch/x86/include/asm/w.h\n"
	"F include/asm-generic/w.h\n";

/* The files that one reaches, besides itself, sorted, joined by blanks. */
static void check(const char *target, const char *wanted)
{
	auto_buffer struct buffer text = BUFFER_INIT, found = BUFFER_INIT;
	auto_include_graph struct include_graph *graph = NULL;
	auto_text_list struct text_list targets = { 0 }, files = { 0 };
	struct error err;

	buffer_add_text(&text, graph_text);
	assert_ok(include_graph_parse(&text, &graph, &err), err);
	text_list_add(&targets, target);
	include_graph_reach(graph, &targets, &files);
	text_list_sort(&files);
	for (size_t i = 0; i < files.count; i++)
		if (strcmp(files.items[i], target))
			buffer_printf(&found, "%s%s", found.size ? " " : "", files.items[i]);
	assert_string_equal(buffer_text(&found), wanted);
}

static void a_header_reaches_who_includes_it_directly_and_not(void **state)
{
	(void)state;
	check("arch/x86/include/asm/w.h", "fs/a.c include/linux/x.h net/d.c");
	check("include/linux/y.h", "fs/a.c fs/internal.h");
}

static void the_header_beside_the_file_is_the_one_that_is_meant(void **state)
{
	(void)state;
	check("fs/internal.h", "fs/a.c");
	check("mm/internal.h", "mm/b.c mm/c.c");
}

static void a_header_that_is_shadowed_reaches_nobody(void **state)
{
	(void)state;
	check("include/asm-generic/w.h", "");
}

static void a_folder_that_a_makefile_adds_is_guessed(void **state)
{
	(void)state;
	check("net/lib/odd/z.h", "net/d.c");
}

static void a_source_reaches_the_source_that_includes_it(void **state)
{
	(void)state;
	check("mm/b.c", "mm/c.c");
}

static void a_new_header_may_be_found_first(void **state)
{
	(void)state;
	check("net/internal.h", "fs/a.c mm/b.c mm/c.c");
}

static void a_header_of_the_command_line_reaches_everything(void **state)
{
	auto_buffer struct buffer text = BUFFER_INIT;
	auto_include_graph struct include_graph *graph = NULL;
	auto_text_list struct text_list targets = { 0 }, files = { 0 };
	struct error err;

	(void)state;
	buffer_add_text(&text, graph_text);
	assert_ok(include_graph_parse(&text, &graph, &err), err);
	text_list_add(&targets, "include/linux/kconfig.h");
	include_graph_reach(graph, &targets, &files);
	assert_int_equal(files.count, 12);
}

static void a_cut_or_foreign_graph_is_refused(void **state)
{
	static const char *const texts[] = { "F fs/a.c\n<linux/x.h", "<x.h\n", "hello\n", "F \n" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		auto_buffer struct buffer text = BUFFER_INIT;
		struct include_graph *graph;
		struct error err;

		buffer_add_text(&text, texts[i]);
		assert_int_equal(include_graph_parse(&text, &graph, &err), -1);
	}
}

static void includes_are_read_in_every_spelling(void **state)
{
	const char *text = "#include <a.h>\n  # include\t\"b.h\"\nint x; #include <no.h>\n"
			   "/* x */ #include <c.h>\n#define FILE_X <d/e.h>\n#define NOT(x) \"e.h\"\n"
			   "#include FILE_X\n#include <unfinished.h\n#";
	auto_buffer struct buffer found = BUFFER_INIT;

	(void)state;
	include_scan_text(text, strlen(text), &found);
	assert_string_equal(buffer_text(&found), "<a.h\n\"b.h\n<c.h\n<d/e.h\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_header_reaches_who_includes_it_directly_and_not),
		cmocka_unit_test(the_header_beside_the_file_is_the_one_that_is_meant),
		cmocka_unit_test(a_header_that_is_shadowed_reaches_nobody),
		cmocka_unit_test(a_folder_that_a_makefile_adds_is_guessed),
		cmocka_unit_test(a_source_reaches_the_source_that_includes_it),
		cmocka_unit_test(a_new_header_may_be_found_first),
		cmocka_unit_test(a_header_of_the_command_line_reaches_everything),
		cmocka_unit_test(a_cut_or_foreign_graph_is_refused),
		cmocka_unit_test(includes_are_read_in_every_spelling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
