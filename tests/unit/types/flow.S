/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Functions that use the address of `table`, for diff_flow.c: names that begin with "reads_" do nothing
 * but read there, all others let the address out. Special sections as the kernel's macros make them.
 */
.section .rodata.table, "a"
.type table, @object
table:	.quad 1, 2, 3, 4
.size table, . - table

.macro function name
	.section .text.\name, "ax"
	.type \name, @function
\name:
.endm
.macro done name
	.size \name, . - \name
.endm

function reads_by_index
	movslq %edi, %rdi
	mov table(,%rdi,8), %rax
	cmpq $3, table+8(%rip)
	ret
done reads_by_index

function reads_by_walk
	push %rbx
	mov $table, %rbx
1:	mov (%rbx), %rdi
	call consume
	add $8, %rbx
	cmp $table+32, %rbx
	jne 1b
	pop %rbx
	xor %eax, %eax
	ret
done reads_by_walk

function reads_and_overwrites
	lea table(%rip), %rdi
	mov 8(%rdi), %rsi
	mov %rsi, %rdi
	call consume
	xor %eax, %eax
	ret
done reads_and_overwrites

function reads_in_a_helper
	mov $table, %esi
	call reads_second
	ret
done reads_in_a_helper

function reads_second
	mov 16(%rsi), %rax
	ret
done reads_second

function reads_by_a_known_reader
	mov $table, %rsi
	call strcmp
	ret
done reads_by_a_known_reader

function stores
	movq $table, place(%rip)
	ret
done stores

function stores_from_a_register
	mov $table, %rax
	mov %rax, 8(%rdi)
	xor %eax, %eax
	ret
done stores_from_a_register

function pushes
	pushq $table
	call consume
	add $8, %rsp
	ret
done pushes

function spills
	mov $table, %rax
	mov %rax, -8(%rsp)
	mov -8(%rsp), %rdi
	call consume
	xor %eax, %eax
	ret
done spills

function returns
	mov $table, %rax
	ret
done returns

function returns_by_the_thunk
	mov $table, %rax
	jmp __x86_return_thunk
done returns_by_the_thunk

function hands_on
	mov $table, %rdi
	call consume
	xor %eax, %eax
	ret
done hands_on

function hands_on_as_another_argument
	mov $table, %rdi
	call strscpy
	xor %eax, %eax
	ret
done hands_on_as_another_argument

function jumps_with_it
	mov $table, %rdi
	jmp consume
done jumps_with_it

function jumps_with_it_sometimes
	mov $table, %rdi
	test %esi, %esi
	jne consume
	xor %eax, %eax
	ret
done jumps_with_it_sometimes

function hands_it_to_a_helper
	mov $table, %rdx
	call leaks_third
	xor %eax, %eax
	ret
done hands_it_to_a_helper

function hands_it_to_a_weak_helper
	mov $table, %rsi
	call reads_or_not
	xor %eax, %eax
	ret
done hands_it_to_a_weak_helper

.weak reads_or_not
function reads_or_not
	mov (%rsi), %rax
	ret
done reads_or_not

function leaks_third
	mov %rdx, place(%rip)
	ret
done leaks_third

function gets_it_back
	mov $table, %rdi
	call gives_back
	mov %rax, place(%rip)
	xor %eax, %eax
	ret
done gets_it_back

function gives_back
	mov %rdi, %rax
	ret
done gives_back

function moves_it_conditionally
	mov $table, %rax
	cmovne %rax, %rbx
	mov %rbx, place(%rip)
	xor %eax, %eax
	ret
done moves_it_conditionally

function swaps
	mov $table, %rax
	xchg %rax, %rbx
	mov %rbx, place(%rip)
	xor %eax, %eax
	ret
done swaps

function hides_it_in_a_sum
	mov $table, %rax
	lea 8(%rbx,%rax), %rdx
	mov %rdx, place(%rip)
	xor %eax, %eax
	xor %edx, %edx
	ret
done hides_it_in_a_sum

function keeps_part_of_it
	mov $table, %eax
	mov %ax, place(%rip)
	xor %eax, %eax
	ret
done keeps_part_of_it

function uses_a_vector
	mov $table, %rax
	movq %rax, %xmm0
	xor %eax, %eax
	ret
done uses_a_vector

function leaks_on_one_way
	mov $table, %rbx
	test %edi, %edi
	je 1f
	xor %ebx, %ebx
1:	mov %rbx, place(%rip)
	ret
done leaks_on_one_way

function leaks_in_its_cold_part
	mov $table, %rbx
	test %edi, %edi
	jne leaks_in_its_cold_part.cold
	ret
done leaks_in_its_cold_part
function leaks_in_its_cold_part.cold
	mov %rbx, place(%rip)
	ret
done leaks_in_its_cold_part.cold

/* A cold part that nobody would take for one. */
function leaks_in_another_function
	mov $table, %rbx
	test %edi, %edi
	jne goes_on_elsewhere
	xor %ebx, %ebx
	ret
done leaks_in_another_function
function goes_on_elsewhere
	mov %rbx, place(%rip)
	ret
done goes_on_elsewhere

function leaks_behind_a_jump_label
	mov $table, %rbx
1:	.byte 0x0f, 0x1f, 0x44, 0x00, 0x00
	xor %ebx, %ebx
	ret
2:	mov %rbx, place(%rip)
	ret
	.pushsection __jump_table, "aw"
	.long 1b - ., 2b - .
	.quad place - .
	.popsection
done leaks_behind_a_jump_label

function leaks_when_the_label_is_off
	mov $table, %rbx
1:	.byte 0xe9
	.long 2f - 3f
3:	mov %rbx, place(%rip)
	ret
2:	xor %ebx, %ebx
	ret
	.pushsection __jump_table, "aw"
	.long 1b - ., 2b - .
	.quad place - .
	.popsection
done leaks_when_the_label_is_off

function leaks_after_a_fault
	mov $table, %rbx
1:	mov (%rdi), %rax
	xor %ebx, %ebx
	ret
2:	mov %rbx, place(%rip)
	ret
	.pushsection __ex_table, "a"
	.long 1b - ., 2b - ., 3
	.popsection
done leaks_after_a_fault

function has_alternative_code
	mov $table, %rbx
1:	nop
	nop
	nop
2:	xor %ebx, %ebx
	ret
	.pushsection .altinstructions, "a"
	.long 1b - ., 3f - .
	.word 1, 0
	.byte 2b - 1b, 4f - 3f
	.popsection
	.pushsection .altinstr_replacement, "ax"
3:	mov %rbx, (%rdi)
4:
	.popsection
done has_alternative_code

function jumps_by_a_register
	mov $table, %rbx
	jmp *%rdi
done jumps_by_a_register

function calls_by_a_register
	mov $table, %rdi
	call *%rax
	xor %eax, %eax
	ret
done calls_by_a_register

function compares
	xor %eax, %eax
	cmp $table, %rdi
	sete %al
	ret
done compares

function compares_in_memory
	xor %eax, %eax
	cmpq $table, place(%rip)
	sete %al
	ret
done compares_in_memory

function copies_bytes_elsewhere
	mov $table, %rax
	stosq
	ret
done copies_bytes_elsewhere

.section .bss.place, "aw", @nobits
.type place, @object
place:	.quad 0
.size place, 8
.section .note.GNU-stack, "", @progbits
