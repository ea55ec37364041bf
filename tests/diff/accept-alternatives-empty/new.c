#include <asm/cpufeature.h>

extern int fast(int), slow(int);

int changed(int value)
{
	if (static_cpu_has(X86_FEATURE_ERMS))
		return fast(value);
	return slow(value + 1);
}

int same(int value)
{
	if (static_cpu_has(X86_FEATURE_ERMS))
		return fast(value + 2);
	return slow(value + 2);
}
