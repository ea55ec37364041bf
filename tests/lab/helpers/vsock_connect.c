// SPDX-License-Identifier: GPL-2.0-or-later
/* A program, PORT SECONDS: connects to a port of this machine over vsock, where nobody listens, and
 * prints the name of the error. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <linux/vm_sockets.h>

int main(int argc, char **argv)
{
	struct sockaddr_vm address = {
		.svm_family = AF_VSOCK,
		.svm_cid = VMADDR_CID_LOCAL,
		.svm_port = argc > 1 ? (unsigned int)atoi(argv[1]) : 0,
	};
	struct timeval patience = { .tv_sec = argc > 2 ? atoi(argv[2]) : 2 };
	int fd = socket(AF_VSOCK, SOCK_STREAM, 0);

	if (setsockopt(fd, AF_VSOCK, SO_VM_SOCKETS_CONNECT_TIMEOUT, &patience, sizeof(patience)) < 0) {
		puts("no patience");
		return 1;
	}
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0) {
		puts(fd < 0 ? "no socket" : "connected");
		return 1;
	}
	puts(strerrorname_np(errno));
	return 0;
}
