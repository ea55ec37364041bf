/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For kernel code that becomes a livepatch: a diff for "suture build PATCH" may add
 *
 *	#include <suture/livepatch.h>
 *
 * to any file, and a module written by hand for "suture build DIR" may include it too; suture puts
 * it on the include path. suture-authoring(7) has an example of everything in here.
 *
 * Kernels 5.10 and later on x86-64.
 */
#ifndef SUTURE_LIVEPATCH_H
#define SUTURE_LIVEPATCH_H

#include <linux/jump_label.h>
#include <linux/kobject.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/stringify.h>

#define SUTURE_CONCAT_(a, b) a##b
#define SUTURE_CONCAT(a, b) SUTURE_CONCAT_(a, b)

/*
 * Callbacks: called when an object of the patch (vmlinux or a module) is patched and unpatched; the
 * object is the one that the file with the macro belongs to. One of each kind for an object. The
 * callback is a function that the patch adds:
 *
 *	static int foo_pre_patch(struct klp_object *object) { ... }
 *	SUTURE_PRE_PATCH(foo_pre_patch);
 *
 * A pre-patch callback that does not return 0 stops the patch from being applied. When the kernel
 * calls which: Documentation/livepatch/callbacks.rst.
 *
 * What the macros leave in the object: section .suture.callbacks, records of 16 bytes, {u64 kind;
 * u64 function}, the second a relocation R_X86_64_64; kind: 0 pre-patch, 1 post-patch, 2 pre-unpatch,
 * 3 post-unpatch, the order of struct klp_callbacks.
 */
struct suture_callback_record {
	unsigned long kind;
	const void *function;
};

#define SUTURE_CALLBACK_(kind_, callback, type_)                                              \
	static const struct suture_callback_record __used __aligned(8)                        \
		__section(".suture.callbacks")                                                \
		SUTURE_CONCAT(suture_callback_, callback) = { kind_, &callback };             \
	_Static_assert(__builtin_types_compatible_p(typeof(&callback), type_),                \
		       #callback " must be of the type " #type_)

#define SUTURE_PRE_PATCH(callback) SUTURE_CALLBACK_(0, callback, int (*)(struct klp_object *))
#define SUTURE_POST_PATCH(callback) SUTURE_CALLBACK_(1, callback, void (*)(struct klp_object *))
#define SUTURE_PRE_UNPATCH(callback) SUTURE_CALLBACK_(2, callback, void (*)(struct klp_object *))
#define SUTURE_POST_UNPATCH(callback) SUTURE_CALLBACK_(3, callback, void (*)(struct klp_object *))

/*
 * States: what this patch has changed in the system besides code, by a number that stays the same
 * for all patches of this kernel, and the version of that change. A patch that replaces another must
 * know all of its states, each in the same or a later version, or the kernel refuses it (kernel/
 * livepatch/state.c). In the callbacks, suture_state() is this patch's state, and
 * suture_previous_state() the one of the patch that is being replaced, or NULL.
 *
 *	SUTURE_STATE(1, 2);
 *
 * Section .suture.states, records of 16 bytes: {u64 id; u32 version; u32 zero}.
 */
struct suture_state_record {
	unsigned long id;
	unsigned int version;
	unsigned int zero;
};

#define SUTURE_STATE(id_, version_)                                                           \
	static const struct suture_state_record __used __aligned(8)                           \
		__section(".suture.states") SUTURE_CONCAT(suture_state_at_, __COUNTER__) = {  \
			id_, version_, 0                                                      \
		}

/* kernel/livepatch/core.c, klp_init_object(): the patch is the object's parent. */
static inline struct klp_patch *suture_patch(struct klp_object *object)
{
	return container_of(object->kobj.parent, struct klp_patch, kobj);
}

static inline struct klp_state *suture_state(struct klp_object *object, unsigned long id)
{
	return klp_get_state(suture_patch(object), id);
}

static inline struct klp_state *suture_previous_state(unsigned long id)
{
	return klp_get_prev_state(id);
}

/*
 * Shadow variables: new data for existing objects, found by the object's address. They stay when a
 * patch goes, unless a callback frees them.
 *
 *	SUTURE_SHADOW(foo_count, unsigned long, 1);
 *
 * makes foo_count_get(object), which is NULL where there is none; foo_count_get_or_make(object, gfp),
 * zeroed when made; foo_count_free(object); foo_count_free_all(). The number must be another one for
 * each variable of all patches that are ever loaded together or one after the other.
 */
#define SUTURE_SHADOW(name, type, number)                                                     \
	static inline __maybe_unused type *name##_get(void *object)                           \
	{                                                                                     \
		return klp_shadow_get(object, number);                                        \
	}                                                                                     \
	static int __maybe_unused name##_zero(void *object, void *data, void *unused)         \
	{                                                                                     \
		memset(data, 0, sizeof(type));                                                \
		return 0;                                                                     \
	}                                                                                     \
	static inline __maybe_unused type *name##_get_or_make(void *object, gfp_t gfp)        \
	{                                                                                     \
		return klp_shadow_get_or_alloc(object, number, sizeof(type), gfp,             \
					       name##_zero, NULL);                            \
	}                                                                                     \
	static inline __maybe_unused void name##_free(void *object)                           \
	{                                                                                     \
		klp_shadow_free(object, number, NULL);                                        \
	}                                                                                     \
	static inline __maybe_unused void name##_free_all(void)                               \
	{                                                                                     \
		klp_shadow_free_all(number, NULL);                                            \
	}                                                                                     \
	static_assert((number) >= 0)

/*
 * Static keys, read in memory. The kernel's own macros make a jump label, whose key must be vmlinux's:
 * labels are registered before the symbols of modules are known.
 */
#define suture_static_branch(key) static_key_enabled(key)
#define suture_static_branch_likely(key) likely(static_key_enabled(key))
#define suture_static_branch_unlikely(key) unlikely(static_key_enabled(key))

/*
 * Static calls, through the function pointer of their key: for keys that modules own, and for those
 * that are not exported. The conditional one calls nothing where the key has no function.
 */
#define suture_static_call(name)                                                              \
	((typeof(STATIC_CALL_TRAMP(name)) *)READ_ONCE(STATIC_CALL_KEY(name).func))
#define suture_static_call_cond(name, ...)                                                    \
	do {                                                                                  \
		typeof(STATIC_CALL_TRAMP(name)) *suture_function =                            \
			READ_ONCE(STATIC_CALL_KEY(name).func);                                \
		if (suture_function)                                                          \
			suture_function(__VA_ARGS__);                                         \
	} while (0)

/*
 * System calls. SYSCALL_DEFINE() makes the body an inline function, which ftrace does not see; where
 * the compiler keeps it as a function of its own, a change in it is refused (no-fentry). In these the
 * body is a new function, so that the change is in the callers, which ftrace does see. Write
 * SUTURE_SYSCALL_DEFINE2(...) in the patch where the file has SYSCALL_DEFINE2(...): entry points and
 * metadata stay what they are (include/linux/syscalls.h, arch/x86/include/asm/syscall_wrapper.h).
 */
#ifdef CONFIG_X86_64
#define SUTURE_SYSCALL_DEFINE1(name, ...) SUTURE_SYSCALL_DEFINEx(1, _##name, __VA_ARGS__)
#define SUTURE_SYSCALL_DEFINE2(name, ...) SUTURE_SYSCALL_DEFINEx(2, _##name, __VA_ARGS__)
#define SUTURE_SYSCALL_DEFINE3(name, ...) SUTURE_SYSCALL_DEFINEx(3, _##name, __VA_ARGS__)
#define SUTURE_SYSCALL_DEFINE4(name, ...) SUTURE_SYSCALL_DEFINEx(4, _##name, __VA_ARGS__)
#define SUTURE_SYSCALL_DEFINE5(name, ...) SUTURE_SYSCALL_DEFINEx(5, _##name, __VA_ARGS__)
#define SUTURE_SYSCALL_DEFINE6(name, ...) SUTURE_SYSCALL_DEFINEx(6, _##name, __VA_ARGS__)
#define SUTURE_SYSCALL_DEFINEx(x, name, ...)                                                  \
	SYSCALL_METADATA(name, x, __VA_ARGS__)                                                \
	static long __se_sys##name(__MAP(x, __SC_LONG, __VA_ARGS__));                         \
	static noinline long suture_sys##name(__MAP(x, __SC_DECL, __VA_ARGS__));              \
	__X64_SYS_STUBx(x, name, __VA_ARGS__)                                                 \
	__IA32_SYS_STUBx(x, name, __VA_ARGS__)                                                \
	static long __se_sys##name(__MAP(x, __SC_LONG, __VA_ARGS__))                          \
	{                                                                                     \
		long ret = suture_sys##name(__MAP(x, __SC_CAST, __VA_ARGS__));                \
		__MAP(x, __SC_TEST, __VA_ARGS__);                                             \
		__PROTECT(x, ret, __MAP(x, __SC_ARGS, __VA_ARGS__));                          \
		return ret;                                                                   \
	}                                                                                     \
	static noinline long suture_sys##name(__MAP(x, __SC_DECL, __VA_ARGS__))
#endif

/*
 * Only for modules written by hand ("suture build DIR"; a diff needs none of it): a symbol that no
 * module can see otherwise. Declare it as usual and say whose it is: vmlinux, or a module as lsmod
 * spells it. The position is its number among the symbols of this name in that object, 0 for a name
 * that is there once; suture checks it.
 *
 *	extern int foo(struct bar *bar);
 *	SUTURE_SYMBOL(vmlinux, foo, 0);
 *
 * It becomes a livepatch relocation, resolved when the object is there (Documentation/livepatch/
 * module-elf-format.rst). SUTURE_SYMBOL_AS() gives the symbol another name in this module, where two
 * objects have one of the same name, or where the name is no identifier ("count.0").
 *
 * Section .suture.symbols, not loaded: four texts each with a zero behind: the name here, object,
 * symbol, position.
 */
#define SUTURE_SYMBOL(object, symbol, position)                                               \
	SUTURE_SYMBOL_AS(symbol, object, #symbol, position)
#define SUTURE_SYMBOL_AS(name, object, symbol, position)                                      \
	asm(".pushsection .suture.symbols, \"\", @progbits\n"                                 \
	    "	.asciz \"" #name "\", \"" #object "\", \"" symbol "\", \"" #position "\"\n"    \
	    "	.popsection\n")

#endif
