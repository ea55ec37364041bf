// SPDX-License-Identifier: GPL-2.0-or-later
/* Static variables inside functions, for elf_dwarf.c. */
int global;
static int unit_static;
__thread int thread;

int use(void *pointer);

#ifdef __clang__
/* As the kernel's __user is for clang. */
struct noted {
	int __attribute__((btf_type_tag("user"))) *pointer;
} __attribute__((btf_decl_tag("noted"))) noted;
#endif

static inline int in_inline(int a)
{
	static short count;

	return use(&count) + a;
}

int first(int a)
{
	static int count;
	static __thread int of_thread;
	extern int global;

	{
		static long count;

		use(&count);
	}
	if (a) {
		static char unused[4];

		use(unused);
		{
			static struct { int a, b; } count;

			use(&count);
		}
	}
	return use(&count) + use(&of_thread) + use(&global) + in_inline(a);
}

int second(int a)
{
	static int count = 5;
	static const char *const names[] = { "a", "b" };

	return use(&count) + use((void *)names) + in_inline(a) + use(&unit_static) + use(&thread);
}
