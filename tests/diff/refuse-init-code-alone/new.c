#include <linux/module.h>

extern int provide_service(void);

int same(int x)
{
	return x;
}

static int __init set_up(void)
{
	return provide_service();
}
module_init(set_up);
