# SPDX-License-Identifier: GPL-2.0-or-later
# What a process of a unit can do, tried for real; one "word: answer" a line. Numbers of system calls are
# x86-64's (arch/x86/entry/syscalls/syscall_64.tbl). PORT: something listens there on 127.0.0.1.
use strict;
use warnings;
use Errno;
use POSIX ();
use Socket;

$| = 1;

sub say_it {
	my ($word, $done) = @_;
	my $name = "ok";
	if (!$done) {
		my ($error) = grep { $!{$_} } keys %!;
		$name = $error // "failed";
	}
	print "probe $word: $name\n";
}

sub called {
	my ($word, @call) = @_;
	say_it($word, syscall(shift @call, @call) >= 0);
}

open(my $status, "<", "/proc/self/status") or die "status: $!";
while (<$status>) {
	print "probe $1: $2\n" if /^(Uid|CapEff|CapBnd|CapAmb|NoNewPrivs|Seccomp):\s+(\S+)/;
}

my $ok = socket(my $inet, PF_INET, SOCK_STREAM, 0);
say_it("socket", $ok);
if ($ok) {
	setsockopt($inet, SOL_SOCKET, SO_SNDTIMEO, pack("qq", 30, 0));
	say_it("connect", connect($inet, sockaddr_in($ENV{PORT}, inet_aton("127.0.0.1"))));
}
# AF_NETLINK, AF_PACKET
say_it("netlink", socket(my $netlink, 16, SOCK_RAW, 0));
say_it("packet", socket(my $packet, 17, SOCK_RAW, 0));
# finit_module of no file: EBADF once everything else allows it
called("module", 313, -1, my $empty = "", 0);
# delete_module of one that is not there: ENOENT once everything else allows it
called("delete", 176, my $no_module = "suture_no_such_module", 0);
called("namespace", 272, 0x10000000);
called("mount", 165, my $from = "none", my $at = "/tmp", my $type = "tmpfs", 0, 0);
called("reboot", 169, 0, 0, 0, 0);
called("clock", 227, 0, 0);
# an anonymous mapping that can be written and executed
called("writable-code", 9, 0, 4096, 7, 0x22, -1, 0);
# the log of the kernel, its size
called("log", 103, 10, 0, 0);
# ptrace(PTRACE_ATTACH, 1)
called("trace", 101, 16, 1, 0, 0);
for my $path ("/usr/bin", "/etc", "/etc/suture", "/boot", "/var/lib", "/var/lib/suture", "/var/lib/suture-fetch",
	      "/var/lib/suture-server", "/run", "/run/lock", "/run/suture", "/root", "/home", "/proc/sys/kernel", "/sys/kernel") {
	my $done = sysopen(my $file, "$path/.probe", POSIX::O_CREAT | POSIX::O_WRONLY, 0600);
	say_it("write $path", $done);
	unlink("$path/.probe") if $done;
}
for my $path ("/dev/vda", "/dev/mem", "/dev/kmsg", "/etc/shadow", "/etc/suture/credential", "/var/lib/suture/policy.json") {
	say_it("read $path", sysopen(my $file, $path, POSIX::O_RDONLY));
}
say_it("write /proc/sys", sysopen(my $sysctl, "/proc/sys/kernel/printk", POSIX::O_WRONLY));
say_it("write sysrq", sysopen(my $sysrq, "/proc/sysrq-trigger", POSIX::O_WRONLY));
say_it("write sys", sysopen(my $sys, "/sys/kernel/mm/transparent_hugepage/enabled", POSIX::O_WRONLY));
say_it("write livepatch", sysopen(my $klp, "/sys/kernel/livepatch/" . ($ENV{PATCH} // "none") . "/enabled",
				  POSIX::O_WRONLY));
my $stack;
say_it("stack", sysopen($stack, "/proc/1/stack", POSIX::O_RDONLY) && sysread($stack, my $text, 10));
print "probe end: ok\n";
