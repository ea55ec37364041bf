#include <linux/export.h>

int offered(int x)
{
	return x + 1;
}
EXPORT_SYMBOL(offered);

int spaced(int x)
{
	return x + 2;
}
EXPORT_SYMBOL_GPL(spaced);

int changed(int x)
{
	return x + 3;
}
