// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/line_diff.h"

#include <stdbool.h>
#include <string.h>

#include "base/memory.h"

/* Steps of one search: more than any patch of a livepatch's size, 32 MB of memory at most. */
#define STEP_LIMIT 2000

/* The part of both texts between their common head and tail. */
struct window {
	const struct text_line *old_lines, *new_lines;
	long old_count, new_count;
};

/* furthest[k + offset] is the furthest old index reached on diagonal k = old - new. */
static long walk(const struct window *window, long old_index, long diagonal)
{
	while (old_index < window->old_count && old_index - diagonal < window->new_count &&
	       text_line_same(&window->old_lines[old_index],
			      &window->new_lines[old_index - diagonal]))
		old_index++;
	return old_index;
}

static bool goes_down(const long *furthest, long k, long step)
{
	return k == -step || (k != step && furthest[k - 1] < furthest[k + 1]);
}

/* Runs forward until the end is reached; trace[d] keeps the state before step d. Returns the number
 * of steps, or -1 beyond the limit. */
static long search(const struct window *window, long **trace)
{
	long limit = window->old_count + window->new_count;
	long *memory = xcalloc(2 * STEP_LIMIT + 3, sizeof(*memory));
	long *furthest = memory + STEP_LIMIT + 1;
	long result = -1;

	if (limit > STEP_LIMIT)
		limit = STEP_LIMIT;
	for (long step = 0; step <= limit && result < 0; step++) {
		trace[step] = xmemdup(furthest - step - 1,
				      (size_t)(2 * step + 3) * sizeof(*furthest));
		for (long k = -step; k <= step; k += 2) {
			long start = goes_down(furthest, k, step) ? furthest[k + 1]
								  : furthest[k - 1] + 1;

			furthest[k] = walk(window, start, k);
			if (furthest[k] >= window->old_count &&
			    furthest[k] - k >= window->new_count) {
				result = step;
				break;
			}
		}
	}
	free(memory);
	return result;
}

/* Walks back through the steps and marks the lines that both texts have. */
static void backtrack(const struct window *window, long **trace, long steps, size_t *origin,
		      size_t head)
{
	long old_index = window->old_count, new_index = window->new_count;

	for (long step = steps; step >= 0; step--) {
		const long *furthest = trace[step] + step + 1;
		long k = old_index - new_index;
		long from = goes_down(furthest, k, step) ? k + 1 : k - 1;
		long start = step ? furthest[from] : 0;
		long first = step ? start + (from == k - 1) : 0;

		while (old_index > first && new_index > first - k) {
			old_index--;
			new_index--;
			origin[head + (size_t)new_index] = head + (size_t)old_index;
		}
		old_index = start;
		new_index = start - from;
	}
}

size_t *line_diff(const struct line_table *old_lines, const struct line_table *new_lines)
{
	size_t *origin = xcalloc(new_lines->count + 1, sizeof(*origin));
	size_t shorter = old_lines->count < new_lines->count ? old_lines->count : new_lines->count;
	size_t head = 0, tail = 0;

	while (head < shorter && text_line_same(&old_lines->items[head], &new_lines->items[head])) {
		origin[head] = head;
		head++;
	}
	while (head + tail < shorter &&
	       text_line_same(&old_lines->items[old_lines->count - 1 - tail],
			      &new_lines->items[new_lines->count - 1 - tail])) {
		tail++;
		origin[new_lines->count - tail] = old_lines->count - tail;
	}
	for (size_t i = head; i < new_lines->count - tail; i++)
		origin[i] = LINE_NEW;

	struct window window = {
		.old_lines = old_lines->items + head,
		.new_lines = new_lines->items + head,
		.old_count = (long)(old_lines->count - head - tail),
		.new_count = (long)(new_lines->count - head - tail),
	};
	long **trace = xcalloc(STEP_LIMIT + 1, sizeof(*trace));
	long steps = window.old_count && window.new_count ? search(&window, trace) : -1;

	if (steps >= 0)
		backtrack(&window, trace, steps, origin, head);
	for (size_t i = 0; i <= STEP_LIMIT; i++)
		free(trace[i]);
	free(trace);
	return origin;
}
