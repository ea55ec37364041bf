#include <linux/export.h>

int offered(int x)
{
	return x + 1;
}
EXPORT_SYMBOL_GPL(offered);

int spaced(int x)
{
	return x + 2;
}
EXPORT_SYMBOL_NS_GPL(spaced, PLACE);

int changed(int x)
{
	return x + 4;
}
