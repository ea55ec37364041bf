// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * In these texts every line of the original that matters says "L<its number> __LINE__". After the
 * preprocessor has read the patched copy, the two numbers must still agree.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"
#include "build/line_diff.h"
#include "build/lines.h"
#include "test.h"

/* Runs the preprocessor over the text. */
static char *preprocess(const struct buffer *text)
{
	const char *const argv[] = { "cc", "-E", "-P", "-x", "c", "-", NULL };
	struct process_spec spec = { .argv = argv, .input = text->data, .input_size = text->size };
	auto_process_result struct process_result result = { 0 };
	struct error err;

	assert_ok(process_run_ok(&spec, &result, &err), err);
	return xstrdup(buffer_text(&result.out));
}

/* Every "L12 34" in the output must have two equal numbers; returns how many there were. */
static unsigned count_right(const char *output)
{
	unsigned count = 0;

	for (const char *at = output; (at = strstr(at, "L")); at++) {
		unsigned wanted, found;

		if (sscanf(at, "L%u %u", &wanted, &found) != 2)
			continue;
		if (wanted != found)
			fail_msg("line %u counts as %u in:\n%s", wanted, found, output);
		count++;
	}
	return count;
}

static char *keep(const char *original, const char *final)
{
	auto_buffer struct buffer before = BUFFER_INIT, after = BUFFER_INIT;
	struct buffer result = BUFFER_INIT;

	buffer_add_text(&before, original);
	buffer_add_text(&after, final);
	assert_true(lines_keep(&before, &after, &result));
	return buffer_steal_text(&result);
}

static void check(const char *original, const char *final, unsigned wanted)
{
	auto_free char *kept = keep(original, final);
	auto_buffer struct buffer text = BUFFER_INIT, before = BUFFER_INIT;

	buffer_add_text(&text, kept);
	buffer_add_text(&before, original);

	auto_free char *old_output = preprocess(&before), *output = preprocess(&text);

	/* The test itself must be right about the original. */
	count_right(old_output);
	assert_int_equal(count_right(output), wanted);
}

static void lines_behind_an_added_one_keep_their_numbers(void **state)
{
	auto_free char *kept = keep("a\nb\n", "a\nnew\nb\n");

	(void)state;
	assert_string_equal(kept, "a\nnew\n#line 2\nb\n");
	check("L1 __LINE__\nL2 __LINE__\nL3 __LINE__\n",
	      "L1 __LINE__\nnew\nnew\nL2 __LINE__\nL3 __LINE__\n", 3);
}

static void lines_behind_a_removed_one_keep_their_numbers(void **state)
{
	(void)state;
	check("L1 __LINE__\nold\nold\nL4 __LINE__\nL5 __LINE__\n",
	      "L1 __LINE__\nL4 __LINE__\nL5 __LINE__\n", 3);
}

static void an_exchanged_line_needs_no_directive(void **state)
{
	auto_free char *kept = keep("a\nb\nc\n", "a\nB\nc\n");

	(void)state;
	assert_string_equal(kept, "a\nB\nc\n");
}

static void a_directive_stays_out_of_comments_and_literals(void **state)
{
	(void)state;
	check("/* one\n * two\n */\nL4 __LINE__\n", "/* one\n * more\n * two\n */\nL4 __LINE__\n", 1);
	check("// one \\\n two\nL3 __LINE__\n", "// one \\\n more \\\n two\nL3 __LINE__\n", 1);
	check("\"a \\\n b\" L2 __LINE__\nL3 __LINE__\n",
	      "\"a \\\n x ( \\\n b\"\nL3 __LINE__\n", 1);
	check("'\"' \"/*\" '('\nL2 __LINE__\n", "'\"' \"/*\" '('\nx\nL2 __LINE__\n", 1);
	check("x /* ( */ y\nL2 __LINE__\n", "x /* ( */ y\nx\nL2 __LINE__\n", 1);
}

static void a_directive_stays_out_of_a_macro(void **state)
{
	(void)state;
	check("#define M(x) a \\\n\tx \\\n\tb\nM(1)\nL5 __LINE__\n",
	      "#define M(x) a \\\n\tnew ( \\\n\tx \\\n\tb\nM(1)\nL5 __LINE__\n", 1);
	check("#define M /* a\n b */ c\nM\nL4 __LINE__\n",
	      "#define M /* a\n new\n b */ c\nM\nL4 __LINE__\n", 1);
}

static void a_directive_stays_out_of_a_call_over_several_lines(void **state)
{
	auto_free char *kept = keep("f(1,\n  2);\nx\n", "f(1,\n  new,\n  2);\nx\n");

	(void)state;
	assert_string_equal(kept, "f(1,\n  new,\n  2);\n#line 3\nx\n");
	check("#define M(a, b) a b\nM(1,\n2)\nL4 __LINE__\n",
	      "#define M(a, b) a b\nM(1\nnew,\n2)\nL4 __LINE__\n", 1);
}

static void a_group_that_is_not_compiled_does_not_shift_what_follows(void **state)
{
	(void)state;
	check("#if 0\na\nb\n#endif\nL5 __LINE__\n", "#if 0\nnew\na\nb\n#endif\nL5 __LINE__\n", 1);
	check("#ifdef X\na\n#else\nL4 __LINE__\n#endif\nL6 __LINE__\n",
	      "#ifdef X\nnew\nnew\na\n#else\nL4 __LINE__\n#endif\nL6 __LINE__\n", 2);
	check("#if 1\na\nL3 __LINE__\n#else\nb\n#endif\nL7 __LINE__\n",
	      "#if 1\nnew\na\nL3 __LINE__\n#else\nb\n#endif\nL7 __LINE__\n", 2);
	check("#ifndef H\n#if 0\na\nb\n#elif 1\nL6 __LINE__\n#endif\nL8 __LINE__\n#endif\nL10 __LINE__\n",
	      "#ifndef H\n#if 0\nnew\na\nb\n#elif 1\nL6 __LINE__\n#endif\nL8 __LINE__\n#endif\nL10 __LINE__\n",
	      3);
	check("#if 0\n#if 1\na\nb\n#endif\nc\n#endif\nL8 __LINE__\n",
	      "#if 0\n#if 1\nnew\na\nb\n#endif\nc\n#endif\nL8 __LINE__\n", 1);
	check("#if 0\ndon't (\n#endif\nL4 __LINE__\n", "#if 0\ndon't (\nx\n#endif\nL4 __LINE__\n", 1);
}

static void branches_that_open_the_same_parenthesis_do_not_lose_count(void **state)
{
	(void)state;
	check("#ifdef X\nif (a &&\n#else\nif (b &&\n#endif\nc)\nL7 __LINE__\n",
	      "#ifdef X\nif (a &&\n#else\nif (new &&\n b &&\n#endif\nc)\nL7 __LINE__\n", 1);
	check("#ifdef X\nf(a,\n#endif\ng\n{\n}\nL7 __LINE__\nL8 __LINE__\n",
	      "#ifdef X\nf(a,\n#endif\ng\nnew\n{\n}\nL7 __LINE__\nL8 __LINE__\n", 2);
}

static void a_source_with_directives_of_its_own_is_left_alone(void **state)
{
	auto_buffer struct buffer before = BUFFER_INIT, after = BUFFER_INIT, into = BUFFER_INIT;

	(void)state;
	buffer_add_text(&before, "# 7 \"x.y\"\na\n");
	buffer_add_text(&after, "# 7 \"x.y\"\nb\na\n");
	assert_false(lines_keep(&before, &after, &into));
	assert_string_equal(buffer_text(&into), "# 7 \"x.y\"\nb\na\n");
}

/* A text of numbered lines from which some are taken and to which others are added. */
static void any_mixture_of_changes_keeps_every_number(void **state)
{
	unsigned seed = 1;

	(void)state;
	for (int round = 0; round < 40; round++) {
		auto_buffer struct buffer before = BUFFER_INIT, after = BUFFER_INIT;
		unsigned kept = 0;

		for (unsigned i = 1; i <= 60; i++) {
			seed = seed * 1103515245 + 12345;

			unsigned choice = (seed >> 16) % 12;

			buffer_printf(&before, "L%u __LINE__\n", i);
			if (choice == 0)
				buffer_add_text(&after, "new\n#if 0\nnew\n#endif\n");
			if (choice == 1)
				buffer_add_text(&after, "new /* x\n y */\n");
			if (choice == 2)
				continue;
			buffer_printf(&after, "L%u __LINE__\n", i);
			kept++;
		}
		check(buffer_text(&before), buffer_text(&after), kept);
	}
}

static void the_line_diff_finds_every_common_line_in_order(void **state)
{
	auto_buffer struct buffer before = BUFFER_INIT, after = BUFFER_INIT;
	auto_line_table struct line_table old_lines = { 0 }, new_lines = { 0 };

	(void)state;
	buffer_add_text(&before, "a\nb\nc\na\nb\nb\na\n");
	buffer_add_text(&after, "c\nb\na\nb\na\nc\n");
	line_table_cut(&old_lines, &before);
	line_table_cut(&new_lines, &after);

	auto_free size_t *origin = line_diff(&old_lines, &new_lines);
	size_t common = 0, last = 0;

	for (size_t i = 0; i < new_lines.count; i++) {
		if (origin[i] == LINE_NEW)
			continue;
		assert_true(text_line_same(&old_lines.items[origin[i]], &new_lines.items[i]));
		assert_true(!common || origin[i] > last);
		last = origin[i];
		common++;
	}
	/* The example of Myers' paper: the shortest script has five steps, four lines stay. */
	assert_int_equal(common, 4);
}

/* "2 3": the numbers in the set. */
static void expect_edited(const char *original, const char *final, const char *wanted)
{
	auto_buffer struct buffer before = BUFFER_INIT, after = BUFFER_INIT, found = BUFFER_INIT;
	auto_line_set struct line_set set = { 0 };

	buffer_add_text(&before, original);
	buffer_add_text(&after, final);
	lines_find_edited(&before, &after, &set, &set);
	assert_false(set.has_all);
	for (size_t i = 0; i < 30; i++)
		if (line_set_has(&set, i))
			buffer_printf(&found, "%s%zu", found.size ? " " : "", i);
	if (strcmp(buffer_text(&found), wanted))
		fail_msg("lines '%s', not '%s':\n%s", buffer_text(&found), wanted, final);
}

static void an_edited_line_is_known_by_its_number(void **state)
{
	(void)state;
	expect_edited("a;\nb;\nc;\n", "a;\nb;\nc;\n", "");
	expect_edited("a;\nb;\nc;\n", "a;\nB;\nc;\n", "2");
	expect_edited("f;\na;\nb;\ng;\n", "g;\na;\nb;\nf;\n", "1 4");
	/* What stands behind added lines keeps its number, which one of them has as well. */
	expect_edited("a;\nb;\nc;\n", "a;\nx;\ny;\nb;\nc;\n", "2 3");
	expect_edited("a;\nb;\nc;\nd;\n", "a;\nd;\n", "2 3");
	expect_edited("", "a;\nb;\n", "1 2");
	expect_edited("a;\n", "", "1");
}

static void a_statement_is_edited_from_its_first_line(void **state)
{
	(void)state;
	expect_edited("{\nonce(f,\n     x);\nb;\n", "{\nonce(f,\n     y);\nb;\n", "2 3");
	expect_edited("{\nonce(f,\n\n     x);\nb;\n", "{\nonce(f,\n\n);\nb;\n", "2 3 4");
	expect_edited("a; /* no */\nb; /* not */ /* this */\nc;\n", "a; /* no */\nb; /* not */ /* this */\nC;\n",
		      "3");
	expect_edited("a; /* lines\nof it */\nb;\n", "a; /* lines\nof it */\nB;\n", "1 2 3");
	expect_edited("do {\na;\n} while (x);\nb\nc;\n", "do {\na;\n} while (x);\nb\nC;\n", "4 5");
	/* A call that a directive may not be in: its lines count on from its first. */
	expect_edited("a;\nf(\nx,\ny);\nb;\n", "a;\nf(\nx,\nz,\ny);\nb;\n", "2 3 4");
}

static void gone_and_added_lines_are_two_things(void **state)
{
	auto_buffer struct buffer before = BUFFER_INIT, after = BUFFER_INIT;
	auto_line_set struct line_set gone = { 0 }, added = { 0 };

	(void)state;
	buffer_add_text(&before, "a;\nb;\nc;\n");
	buffer_add_text(&after, "a;\nx;\nb;\n");
	lines_find_edited(&before, &after, &gone, &added);
	assert_true(line_set_has(&gone, 3) && line_set_has(&added, 2));
	assert_false(line_set_has(&gone, 2) || line_set_has(&added, 3));
}

static void of_a_source_with_directives_nobody_can_tell(void **state)
{
	auto_buffer struct buffer text = BUFFER_INIT;
	auto_line_set struct line_set set = { 0 };

	(void)state;
	buffer_add_text(&text, "a;\n#line 100\nb;\n");
	lines_find_edited(&text, &text, &set, &set);
	assert_true(line_set_has(&set, 1) && line_set_has(&set, 12345));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_behind_an_added_one_keep_their_numbers),
		cmocka_unit_test(lines_behind_a_removed_one_keep_their_numbers),
		cmocka_unit_test(an_exchanged_line_needs_no_directive),
		cmocka_unit_test(a_directive_stays_out_of_comments_and_literals),
		cmocka_unit_test(a_directive_stays_out_of_a_macro),
		cmocka_unit_test(a_directive_stays_out_of_a_call_over_several_lines),
		cmocka_unit_test(a_group_that_is_not_compiled_does_not_shift_what_follows),
		cmocka_unit_test(branches_that_open_the_same_parenthesis_do_not_lose_count),
		cmocka_unit_test(a_source_with_directives_of_its_own_is_left_alone),
		cmocka_unit_test(any_mixture_of_changes_keeps_every_number),
		cmocka_unit_test(an_edited_line_is_known_by_its_number),
		cmocka_unit_test(a_statement_is_edited_from_its_first_line),
		cmocka_unit_test(gone_and_added_lines_are_two_things),
		cmocka_unit_test(of_a_source_with_directives_nobody_can_tell),
		cmocka_unit_test(the_line_diff_finds_every_common_line_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
