// SPDX-License-Identifier: GPL-2.0-or-later
/* Compiled twice, as the original and with -DPATCHED; each type is one case of diff_layout.c. */
#ifdef PATCHED
#define OLD(...)
#define NEW(...) __VA_ARGS__
#else
#define OLD(...) __VA_ARGS__
#define NEW(...)
#endif

struct other;
typedef unsigned int u32;
typedef NEW(u32) OLD(unsigned int) renamed_typedef;

/* No difference that matters. */
struct same { int a; struct same *next; char text[3]; unsigned flag : 1; };
struct requalified { OLD(char *) NEW(const char *const) text; volatile int OLD(a) NEW(volatile a); };
struct same_thing { OLD(unsigned int) NEW(renamed_typedef) a; OLD(int b[0];) NEW(int b[];) };
struct parameter_name { int (*call)(int OLD(a) NEW(b)); };
struct wrapped { OLD(int a; int b;) NEW(struct { int a; int b; };) };
struct only_declared OLD({ int a; });
struct uses_declared { struct only_declared *a; };
OLD(struct vanished { int a; };)
NEW(struct arrived { long b; };)
enum same_enum { SAME_ONE, SAME_TWO };

/* Changed. */
struct moved { NEW(int x;) int a; int b; };
struct smaller { int a; OLD(int b;) };
struct retyped { OLD(int) NEW(unsigned int) a; };
struct repointed { OLD(struct same *) NEW(struct other *) a; };
struct renamed { int a; int OLD(b) NEW(c); };
struct renamed_pointer { struct same *OLD(b) NEW(c); long OLD(d) NEW(e); };
struct renamed_and_grown { int OLD(b) NEW(c); NEW(int more;) };
struct renamed_array { int OLD(b) NEW(c)[2]; };
struct renamed_inside { union { int OLD(b) NEW(c); long other; }; };
struct bits_wider { unsigned a : OLD(2) NEW(3); unsigned b : 5; };
struct bits_moved { unsigned a : 2; NEW(unsigned x : 2;) unsigned b : 5; };
struct bounds { int a[OLD(4) NEW(5)]; };
struct aligned_more { long a; } NEW(__attribute__((aligned(64))));
struct operations {
	int (*open)(struct same *, int);
	int (*ioctl)(struct same *, OLD(unsigned int) NEW(unsigned long));
	void (*log)(const char *, ...);
};
struct operations_fewer { int (*open)(struct same *, int NEW(, int)); };
struct operations_result { OLD(int) NEW(void) (*open)(void); };
struct operations_variadic { int (*open)(int NEW(, ...)); };
struct nested { struct { int a; union { int b; OLD(short) NEW(long) c; }; } in; int behind; };
struct nested_array { struct { OLD(int) NEW(long) a; } in[2]; };
struct flexible { int a; OLD(int data[];) NEW(int b; int data[];) };
struct flexible_covered { int a; OLD(char data[];) NEW(union { char b; char data[0]; };) };
struct overlaid { OLD(long a;) NEW(union { long a; int b; };) };
enum values { VALUE_ONE, NEW(VALUE_NEW,) VALUE_TWO };
enum fewer { FEWER_ONE, OLD(FEWER_TWO) };
enum wide { WIDE_ONE = OLD(1) NEW(0x100000000) };
enum { UNNAMED_LIMIT = OLD(5) NEW(6), UNNAMED_SAME = 1 };
typedef struct { NEW(int x;) int a; } by_typedef;
typedef struct { OLD(int a; int b;) NEW(int b; int a;) } *by_pointer_only;
typedef int row_of_ints[OLD(4) NEW(8)];
typedef OLD(unsigned int) NEW(unsigned long) plain_number;
row_of_ints *only_rows;
plain_number *only_numbers;
struct uses_pointer { by_pointer_only a; };
union alternative_retyped { OLD(int) NEW(float) a; long b; };

/* Grown. */
struct hole { char a; NEW(char b;) int c; };
struct hole_of_bits { unsigned a : 3; NEW(unsigned b : 4;) unsigned : 0; char d; };
struct padding { long a; int b; NEW(short c;) };
struct grown_end { long a; NEW(long b;) };
struct grown_flexible { int a; NEW(int data[];) };
struct holds_grown { long before; struct grown_end last; };
struct array_of_grown { struct grown_end elements[2]; int behind; };
struct last_array_of_grown { struct grown_end elements[2]; };
union alternatives { int a; long b; NEW(char c[8];) };
struct inner_alternatives { int a; union { int b; int c; NEW(short d;) }; int e; };
enum appended { APPENDED_ONE, NEW(APPENDED_TWO) };

/* One name in several scopes. */
int variants_equal(int a) { struct twice { int a; } x = { a }; return x.a; }
long variants_equal_too(long a) { struct twice { long a; } x = { a }; return x.a; }
int variant_changed(int a) { struct thrice { int a; } x = { a }; return x.a; }
long variant_changed_too(long a)
{
	struct thrice { NEW(int x;) long a; } x = { .a = a };
	return x.a;
}
int blocks(int a)
{
	{ struct torn { OLD(int) NEW(short) a; } x = { a }; a += x.a; }
	{ struct torn { OLD(long) NEW(char) a; } x = { a }; a += x.a; }
	return a;
}

/* Functions. */
int function_same(int OLD(a) NEW(b), const char *c) { return OLD(a) NEW(b) + *c; }
int function_changed(OLD(int) NEW(long) a) { return (int)a; }
int function_more(int a NEW(, int b)) { return a NEW(+ b); }
__attribute__((noinline)) static int function_static(OLD(int) NEW(long) a) { return (int)a + 1; }
extern inline __attribute__((gnu_inline)) int function_only_inlined(OLD(int) NEW(long) a)
{
	return (int)a * 3;
}
int function_caller(int a) { return function_static(a) + function_only_inlined(a); }
