// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "base/memory.h"
#include "build/skeleton.h"
#include "test.h"

/* Names that end with "_kept" are the kernel's own, "_out" are exported, all others are absent. */
static enum skeleton_symbol look(void *user, const char *name, unsigned *ret_position)
{
	(void)user;
	*ret_position = strstr(name, "second") ? 2 : 0;
	return has_suffix(name, "_kept") ? SYMBOL_HIDDEN :
	       has_suffix(name, "_init") ? SYMBOL_INIT :
	       has_suffix(name, "_out")	 ? SYMBOL_EXPORTED :
					   SYMBOL_ABSENT;
}

static size_t size_of(void *user, const char *name)
{
	(void)user;
	return !strcmp(name, "open_kept") ? 48 : 0;
}

/* Variables that can change have "live" in their name. */
static bool is_live(void *user, const char *name)
{
	(void)user;
	return strstr(name, "live");
}

static int make(const char *source, const char *functions, const char *symbols,
		struct buffer *into, struct text_list *notes, struct error *err)
{
	auto_text_list struct text_list names = { 0 }, lines = { 0 };
	auto_buffer struct buffer text = BUFFER_INIT;
	const struct skeleton_request request = {
		.source = "fs/x.c", .release = "6.1.0", .object = "vmlinux", .text = &text,
		.functions = &names, .symbols = &lines, .look = look,
		.size = size_of, .is_live = is_live,
	};

	buffer_add_text(&text, source);
	text_list_split(&names, functions, " ");
	text_list_split(&lines, symbols, ";");
	return skeleton_write(&request, into, notes, err);
}

static void shows(const char *source, const char *functions, const char *const *wanted,
		  const char *const *unwanted)
{
	auto_buffer struct buffer into = BUFFER_INIT;
	auto_text_list struct text_list notes = { 0 };
	struct error err;

	assert_ok(make(source, functions, "", &into, &notes, &err), err);
	for (; *wanted; wanted++)
		if (!strstr(buffer_text(&into), *wanted))
			fail_msg("'%s' is not in: %s", *wanted, buffer_text(&into));
	for (; unwanted && *unwanted; unwanted++)
		if (strstr(buffer_text(&into), *unwanted))
			fail_msg("'%s' is in: %s", *unwanted, buffer_text(&into));
}

#define LIST(...) (const char *const[]){ __VA_ARGS__, NULL }

static void the_function_is_renamed_and_its_structs_follow(void **state)
{
	(void)state;
	shows("#include <linux/fs.h>\nint f_kept(int a)\n{\n\treturn a; /* f_kept */\n}\n", "f_kept",
	      LIST("#include <suture/livepatch.h>\n#include <linux/fs.h>",
		   "static int livepatch_f_kept(int a)\n{\n\treturn a; /* f_kept */\n}\n",
		   ".old_name = \"f_kept\"", ".new_func = livepatch_f_kept",
		   "MODULE_INFO(livepatch, \"Y\")"),
	      LIST("old_sympos", "SUTURE_SYMBOL(vmlinux, f_kept", "static static"));
	shows("static int f_second_kept(int a)\n{\n\treturn a;\n}\n", "f_second_kept",
	      LIST(".old_sympos = 2", "static int livepatch_f_second_kept"), NULL);
}

static void what_the_kernel_has_is_declared_and_the_rest_is_copied(void **state)
{
	(void)state;
	shows("struct unused { int a; };\nstruct used { int a; };\n#define LIMIT 3\n#define OTHER 4\n"
	      "static struct used table_kept[LIMIT] = { { 1 } };\n"
	      "static DEFINE_MUTEX(lock_kept);\nstatic const char *const words[] = { \"a\" };\n"
	      "static int helper(int a)\n{\n\treturn a + 1;\n}\n"
	      "static int other_kept(struct used *u)\n{\n\treturn u->a;\n}\n"
	      "int public_out(void)\n{\n\treturn 0;\n}\nEXPORT_SYMBOL(public_out);\n"
	      "static int f_kept(int a)\n{\n\tmutex_lock(&lock_kept);\n"
	      "\treturn helper(a) + other_kept(&table_kept[0]) + public_out() + words[0][0];\n}\n"
	      "module_init(f_kept);\n",
	      "f_kept",
	      LIST("struct used { int a; };", "#define LIMIT 3",
		   "extern struct used table_kept[LIMIT];\nSUTURE_SYMBOL(vmlinux, table_kept, 0);",
		   "extern struct mutex lock_kept;\nSUTURE_SYMBOL(vmlinux, lock_kept, 0);",
		   "static const char *const words[] = { \"a\" };",
		   "static int helper(int a)\n{\n\treturn a + 1;\n}",
		   "extern int other_kept(struct used *u);\nSUTURE_SYMBOL(vmlinux, other_kept, 0);",
		   "extern int public_out(void);\n"),
	      LIST("struct unused", "OTHER", "EXPORT_SYMBOL", "SUTURE_SYMBOL(vmlinux, public_out",
		   "module_init(f_kept)", "return u->a"));
}

static void an_array_without_a_size_gets_the_kernels(void **state)
{
	(void)state;
	shows("static struct row open_kept[] = {\n\t{ 1 },\n};\nint f_kept(void)\n{\n"
	      "\treturn ARRAY_SIZE(open_kept);\n}\n",
	      "f_kept",
	      LIST("extern struct row open_kept[48 / sizeof(struct row)];\nSUTURE_SYMBOL(vmlinux, open_kept, 0);"),
	      LIST("{ 1 }"));
}

static void what_a_macro_defines_is_declared_as_that(void **state)
{
	static const struct {
		const char *call, *name, *wanted, *symbol;
	} rows[] = {
		{ "static DEFINE_PER_CPU(struct a *, x_kept[N + 1]);", "x_kept",
		  "DECLARE_PER_CPU(struct a *, x_kept[N + 1]);", "x_kept" },
		{ "DEFINE_PER_CPU(struct list, x_kept) = { 1, 2 };", "x_kept",
		  "DECLARE_PER_CPU(struct list, x_kept);", "x_kept" },
		{ "static DEFINE_STATIC_KEY_DEFERRED_FALSE(x_kept, HZ);", "x_kept",
		  "extern struct static_key_false_deferred x_kept;", "x_kept" },
		{ "DEFINE_STATIC_CALL_NULL(x_kept, *pmu.enable);", "x_kept",
		  "DECLARE_STATIC_CALL(x_kept, *pmu.enable);", "__SCK__x_kept" },
		{ "DEFINE_STATIC_CALL_NULL(x_kept, *pmu.enable);", "x_kept", "", "__SCT__x_kept" },
		{ "static DEFINE_RATELIMIT_STATE(x_kept, 5 * HZ, 10);", "x_kept",
		  "extern struct ratelimit_state x_kept;", "x_kept" },
		{ "static DECLARE_BITMAP(x_kept, N);", "x_kept",
		  "extern unsigned long x_kept[BITS_TO_LONGS(N)];", "x_kept" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_free char *source = xasprintf("%s\nint f_kept(void)\n{\n\treturn use(%s);\n}\n",
						   rows[i].call, rows[i].name);
		auto_free char *symbol = xasprintf("SUTURE_SYMBOL(vmlinux, %s, 0);", rows[i].symbol);

		shows(source, "f_kept", LIST(rows[i].wanted, symbol), LIST(rows[i].call));
	}
	shows("DECLARE_EWMA(x, 0, 64)\nstruct unused { int a; };\nint f_kept(struct ewma_x *x)\n{\n\treturn ewma_x_read(x);\n}\n",
	      "f_kept", LIST("\nDECLARE_EWMA(x, 0, 64)\n"), LIST("unused"));
	shows("STATIC int f_kept(void)\n{\n}\n", "f_kept", LIST("\nSTATIC int livepatch_f_kept(void)"), NULL);
}

/* Whatever stands in front of the name or is its value: the kernel's variable is used. */
static void a_variable_of_the_kernel_is_never_copied(void **state)
{
	static const struct {
		const char *declaration, *wanted;
	} rows[] = {
		{ "static unsigned long a_kept = IS_ENABLED(CONFIG_X) ? A : B;", "extern unsigned long a_kept;" },
		{ "int a_kept __read_mostly = START;", "extern int a_kept __read_mostly;" },
		{ "int a_kept = 50;", "extern int a_kept;" },
		{ "static struct ring *a_kept = &other_kept;", "extern struct ring *a_kept;" },
		{ "static unsigned long (*a_kept)(int) = first;", "extern unsigned long (*a_kept)(int);" },
		{ "static int a_kept = 1, *b_kept = &x[2], c;", "extern int a_kept , * b_kept , c ;" },
		{ "static int c = 1, a_kept = 2;", "extern int c , a_kept ;" },
		{ "static const char *a_live_kept[] = { \"x\" };", "extern const char *a_live_kept" },
		{ "static u8 a_kept[2] = { 1, 2 }, c;", "extern u8 a_kept [2] , c ;" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool is_live_one = strstr(rows[i].declaration, "a_live");
		auto_free char *source =
			xasprintf("%s\nint f_kept(void)\n{\n\treturn use(%s);\n}\n",
				  rows[i].declaration, is_live_one ? "a_live_kept" : "a_kept");

		shows(source, "f_kept",
		      LIST(rows[i].wanted, is_live_one ? "SUTURE_SYMBOL(vmlinux, a_live_kept, 0);"
						       : "SUTURE_SYMBOL(vmlinux, a_kept, 0);"),
		      LIST(rows[i].declaration, "SUTURE_SYMBOL(vmlinux, other_kept",
			   "SUTURE_SYMBOL(vmlinux, c,"));
	}
}

static void what_a_value_names_is_not_declared(void **state)
{
	(void)state;
	shows("static int start_kept;\nint a_kept = start_kept;\nint f_kept(void)\n{\n\treturn a_kept;\n}\n",
	      "f_kept", LIST("extern int a_kept;"), LIST("start_kept"));
}

static void conditions_stay_around_what_is_kept(void **state)
{
	(void)state;
	shows("#ifdef CONFIG_A\n#ifdef CONFIG_B\nstatic int x(void)\n{\n\treturn 1;\n}\n#else\n"
	      "static int x(void)\n{\n\treturn 2;\n}\n#endif\n#endif\n#if UNUSED\nint y;\n#endif\n"
	      "int f_kept(void)\n{\n#ifdef CONFIG_C\n\treturn 3;\n#endif\n\treturn x();\n}\n",
	      "f_kept",
	      LIST("#ifdef CONFIG_A\n#ifdef CONFIG_B\n", "return 1", "#else\n", "return 2",
		   "#endif\n#endif\n", "#ifdef CONFIG_C\n\treturn 3;"),
	      LIST("UNUSED", "int y"));
}

static void a_call_of_itself_is_a_call_of_the_kernels(void **state)
{
	(void)state;
	shows("static int f_kept(int a)\n{\n\treturn a ? f_kept(a - 1) : 0;\n}\n", "f_kept",
	      LIST("extern int f_kept(int a);\nSUTURE_SYMBOL(vmlinux, f_kept, 0);",
		   "static int livepatch_f_kept(int a)", "return a ? f_kept(a - 1) : 0"), NULL);
}

static void an_attribute_in_front_is_no_name(void **state)
{
	(void)state;
	shows("__printf(1, 2) static void say_kept(const char *format, ...)\n{\n}\n"
	      "int f_kept(void)\n{\n\tsay_kept(\"a\");\n\treturn 0;\n}\n",
	      "f_kept", LIST("SUTURE_SYMBOL(vmlinux, say_kept, 0);"), LIST("static void say_kept"));
}

static void symbols_of_headers_are_named_in_front(void **state)
{
	auto_buffer struct buffer into = BUFFER_INIT;
	auto_text_list struct text_list notes = { 0 };
	struct error err;

	(void)state;
	assert_ok(make("#include <a.h>\nint f_kept(void)\n{\n\tstatic int n;\n\treturn n++;\n}\n",
		       "f_kept", "SUTURE_SYMBOL(vmlinux, foo, 3)", &into, &notes, &err), err);
	assert_non_null(strstr(buffer_text(&into), "SUTURE_SYMBOL(vmlinux, foo, 3);\n"));
	assert_int_equal(notes.count, 1);
	assert_non_null(strstr(notes.items[0], "start anew"));
}

static void refused(const char *source, const char *function, const char *words)
{
	auto_buffer struct buffer into = BUFFER_INIT;
	auto_text_list struct text_list notes = { 0 };
	struct error err;

	assert_int_equal(make(source, function, "", &into, &notes, &err), -1);
	assert_non_null(strstr(err.msg, words));
}

static void what_cannot_be_done_is_said(void **state)
{
	(void)state;
	refused("int g(void)\n{\n}\n", "f_kept", "is not written as a function");
	refused("int f(void)\n{\n}\n", "f", "inlined everywhere");
	refused("int f_kept(void)\n{\n", "f_kept", "braces do not close");
	refused("", "f_kept", "is not written as a function");
	refused("static int g;\nint f_kept(void)\n{\n\treturn 0;\n}\n", "f_kept g", "where f_kept is");
	refused("int f_kept(void)\n{\n}\nint f_init(void)\n{\n}\n", "f_kept f_init", "__init code");
	/* Of several, and which is unknown: a copy would be another variable. */
	refused("static int a_live = 1;\nint f_kept(void)\n{\n\treturn a_live;\n}\n", "f_kept",
		"a copy would be another variable");
	refused("}}}}((", "f_kept", "cannot be cut");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_function_is_renamed_and_its_structs_follow),
		cmocka_unit_test(what_the_kernel_has_is_declared_and_the_rest_is_copied),
		cmocka_unit_test(an_array_without_a_size_gets_the_kernels),
		cmocka_unit_test(what_a_macro_defines_is_declared_as_that),
		cmocka_unit_test(a_variable_of_the_kernel_is_never_copied),
		cmocka_unit_test(what_a_value_names_is_not_declared),
		cmocka_unit_test(conditions_stay_around_what_is_kept),
		cmocka_unit_test(a_call_of_itself_is_a_call_of_the_kernels),
		cmocka_unit_test(an_attribute_in_front_is_no_name),
		cmocka_unit_test(symbols_of_headers_are_named_in_front),
		cmocka_unit_test(what_cannot_be_done_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
