// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/version.h"

#include <ctype.h>
#include <string.h>

#include "base/memory.h"

/* Debian Policy 5.6.12: "~" sorts before the end, the end before letters, letters before the rest. */
static int order_of(char c)
{
	if (c == '~')
		return -1;
	if (c == 0 || isdigit((unsigned char)c))
		return 0;
	return isalpha((unsigned char)c) ? (unsigned char)c : (unsigned char)c + 256;
}

static int compare_texts(const char **a, const char **b)
{
	while ((**a && !isdigit((unsigned char)**a)) || (**b && !isdigit((unsigned char)**b))) {
		int difference = order_of(**a) - order_of(**b);

		if (difference)
			return difference;
		*a += **a != 0;
		*b += **b != 0;
	}
	return 0;
}

static int compare_numbers(const char **a, const char **b)
{
	int difference = 0;

	*a += strspn(*a, "0");
	*b += strspn(*b, "0");
	while (isdigit((unsigned char)**a) && isdigit((unsigned char)**b)) {
		if (!difference)
			difference = **a - **b;
		++*a;
		++*b;
	}
	if (isdigit((unsigned char)**a))
		return 1;
	if (isdigit((unsigned char)**b))
		return -1;
	return difference;
}

/* One part, without epoch and without the split into upstream and revision. */
static int compare_part(const char *a, const char *b)
{
	while (*a || *b) {
		int difference = compare_texts(&a, &b);

		if (!difference)
			difference = compare_numbers(&a, &b);
		if (difference)
			return difference;
	}
	return 0;
}

/* Splits "1:6.1.192-2" at the colon and at the last hyphen; the parts are the caller's. */
static void split_version(const char *version, char *ret_parts[3])
{
	const char *colon = strchr(version, ':');
	const char *upstream = colon ? colon + 1 : version;
	const char *hyphen = strrchr(upstream, '-');

	ret_parts[0] = colon ? xstrndup(version, (size_t)(colon - version)) : xstrdup("0");
	ret_parts[1] = hyphen ? xstrndup(upstream, (size_t)(hyphen - upstream)) :
				xstrdup(upstream);
	ret_parts[2] = xstrdup(hyphen ? hyphen + 1 : "0");
}

int version_compare(const char *a, const char *b)
{
	char *parts_a[3], *parts_b[3];
	int difference = 0;

	split_version(a, parts_a);
	split_version(b, parts_b);
	for (int i = 0; i < 3; i++) {
		if (!difference)
			difference = compare_part(parts_a[i], parts_b[i]);
		free(parts_a[i]);
		free(parts_b[i]);
	}
	return difference;
}
