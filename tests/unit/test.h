/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmocka, and what all unit tests say often. A test's name is a sentence. */
#ifndef SUTURE_TESTS_UNIT_TEST_H
#define SUTURE_TESTS_UNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/error.h"

/* The call must succeed; else the test fails with the error's own words. */
#define assert_ok(call, err)                                  \
	do {                                                  \
		if ((call) < 0)                               \
			fail_msg("%s: %s", #call, (err).msg); \
	} while (0)

/* The call must fail with this code and with these words somewhere in the message. */
#define assert_fails(call, err, wanted, words)                              \
	do {                                                                \
		if ((call) >= 0)                                            \
			fail_msg("%s did not fail", #call);                 \
		if (!strstr((err).msg, (words)))                            \
			fail_msg("'%s' does not say '%s'", (err).msg, (words)); \
		assert_int_equal((err).code, (wanted));                     \
	} while (0)

#endif
