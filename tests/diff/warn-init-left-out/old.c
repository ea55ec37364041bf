#include <linux/module.h>
#include <linux/notifier.h>

struct atomic_notifier_head first, second;
static int limit = 5;

extern int provide_service(void);

int tell(char *text, int x)
{
	return sprintf(text, "%d", x);
}

int changed(int x)
{
	return x > limit ? -1 : x;
}

static int __init set_up(void)
{
	ATOMIC_INIT_NOTIFIER_HEAD(&first);
	ATOMIC_INIT_NOTIFIER_HEAD(&second);
	return 0;
}
module_init(set_up);
