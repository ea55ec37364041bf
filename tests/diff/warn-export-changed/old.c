#include <linux/export.h>

int goes(int x)
{
	return x + 1;
}
EXPORT_SYMBOL(goes);

int comes(int x)
{
	return x + 2;
}

int changed(int x)
{
	return x + 3;
}
