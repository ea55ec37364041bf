#include <linux/export.h>

int goes(int x)
{
	return x + 1;
}

int comes(int x)
{
	return x + 2;
}
EXPORT_SYMBOL_GPL(comes);

int changed(int x)
{
	return x + 4;
}
