#include <linux/types.h>
#include <linux/btf_ids.h>
#include <linux/minmax.h>

int changed(int value, int other)
{
	return min(value, 7) + other;
}

BTF_ID_LIST(ids)
BTF_ID(struct, task_struct)
BTF_ID(struct, file)

int same(int i)
{
	return ids[i & 1];
}
