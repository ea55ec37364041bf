// SPDX-License-Identifier: GPL-2.0-or-later
/* A program: reads from a file to an address that is not mapped. Status 0 if the kernel answers EFAULT
 * for every size. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char *volatile nowhere = (char *)8;
	int fd = argc > 2 ? open(argv[1], O_RDONLY) : -1;

	if (fd < 0)
		return 2;
	for (int i = 2; i < argc; i++) {
		ssize_t got = read(fd, nowhere, (size_t)atoi(argv[i]));

		if (got >= 0 || errno != EFAULT) {
			printf("reading %s bytes to nowhere: %zd, errno %d\n", argv[i], got, errno);
			return 1;
		}
	}
	return 0;
}
