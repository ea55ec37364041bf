// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/module_name.h"

#include <string.h>

#include "base/memory.h"
#include "base/text.h"

char *module_name_problem(const char *name)
{
	auto_free char *spelled = xstrdup(name);

	if (!strcmp(name, "vmlinux"))
		return xstrdup("an object is named \"vmlinux\", which the kernel takes for a module that "
			       "never comes: klp_object.name is NULL for the kernel itself");
	for (char *c = spelled; *c; c++)
		if (*c == '-' || *c == ',')
			*c = '_';
	if (!strcmp(spelled, name))
		return NULL;
	return xasprintf("no module is called %.55s: the kernel spells it %.55s", name, spelled);
}
