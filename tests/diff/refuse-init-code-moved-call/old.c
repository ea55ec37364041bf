#include <linux/module.h>

extern int provide_service(void);
extern int use_service(int);

int changed(int x)
{
	return use_service(x);
}

static int __init set_up(void)
{
	return provide_service();
}
module_init(set_up);
