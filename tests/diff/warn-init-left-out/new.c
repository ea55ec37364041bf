#include <linux/module.h>
#include <linux/notifier.h>

struct atomic_notifier_head first, second;
static int limit = 5;

extern int provide_service(void);

int tell(char *text, int x)
{
	return scnprintf(text, 9, "%d", x);
}

int changed(int x)
{
	return x >= limit ? -1 : x;
}

static int __init set_up(void)
{
	ATOMIC_INIT_NOTIFIER_HEAD(&first);
	return provide_service();
}
module_init(set_up);
