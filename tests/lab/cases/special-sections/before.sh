bytes() {
	dd if=/dev/zero bs="$1" count=1 2>/dev/null | od -An -tx1 | tr -d ' \n'
}

is 00 "$(bytes 1)"
is 0000 "$(bytes 2)"
./bad_read /dev/zero 1 2 4 || exit
