#include <linux/module.h>
#include <linux/slab.h>

static int *table;

int changed(unsigned int i)
{
	return i < 64 ? table[i] : -1;
}

static int __init set_up(void)
{
	table = kcalloc(64, sizeof(*table), GFP_KERNEL);
	return table ? 0 : -ENOMEM;
}
module_init(set_up);
