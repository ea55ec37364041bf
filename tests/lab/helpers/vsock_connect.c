// SPDX-License-Identifier: GPL-2.0-or-later
/* A program: connects to a port of this machine over vsock, where nobody listens, and prints the
 * name of the error. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/vm_sockets.h>

int main(int argc, char **argv)
{
	struct sockaddr_vm address = {
		.svm_family = AF_VSOCK,
		.svm_cid = VMADDR_CID_LOCAL,
		.svm_port = argc > 1 ? (unsigned int)atoi(argv[1]) : 0,
	};
	int fd = socket(AF_VSOCK, SOCK_STREAM, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0) {
		puts(fd < 0 ? "no socket" : "connected");
		return 1;
	}
	puts(strerrorname_np(errno));
	return 0;
}
