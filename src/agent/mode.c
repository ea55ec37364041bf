// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/mode.h"

#include <string.h>

#include "base/text.h"

#define WORD "suture.mode="

const char *const mode_names[] = { "normal", "no-apply", "no-refresh", "stop", NULL };

static void restrict_to(struct mode *mode, const char *word)
{
	bool is_known = false;

	for (size_t i = 0; mode_names[i]; i++)
		is_known |= !strcmp(mode_names[i], word);
	if (!is_known || !strcmp(word, "no-apply") || !strcmp(word, "stop"))
		mode->may_apply = false;
	if (!is_known || !strcmp(word, "no-refresh") || !strcmp(word, "stop"))
		mode->may_refresh = false;
}

void mode_read(const struct sysroot *root, const struct config *config, struct mode *ret_mode)
{
	auto_free char *line = sysroot_text(root, "/proc/cmdline");
	auto_text_list struct text_list words = { 0 };
	struct mode mode = { .may_apply = true, .may_refresh = true };

	restrict_to(&mode, config_text(config, CONFIG_MODE_WORD));
	if (line)
		text_list_split(&words, line, " \n");
	for (size_t i = 0; i < words.count; i++)
		if (has_prefix(words.items[i], WORD)) {
			restrict_to(&mode, words.items[i] + strlen(WORD));
			mode.from_kernel = true;
		}
	mode.name = mode_names[(mode.may_apply ? 0 : 1) + (mode.may_refresh ? 0 : 2)];
	*ret_mode = mode;
}
