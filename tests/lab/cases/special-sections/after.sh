bytes() {
	dd if=/dev/zero bs="$1" count=1 2>/dev/null | od -An -tx1 | tr -d ' \n'
}

is 00 "$(bytes 1)"
is 4142 "$(bytes 2)"
is 00000000 "$(bytes 4)"
./bad_read /dev/zero 1 2 4 || exit

# The key is switched while the patched code is there.
echo 1 >/proc/sys/kernel/bpf_stats_enabled || fail "no such switch"
is 53 "$(bytes 1)"
./bad_read /dev/zero 1 2 4 || exit
echo 0 >/proc/sys/kernel/bpf_stats_enabled
is 00 "$(bytes 1)"
