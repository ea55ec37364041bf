# A disk with level one committed and level two not taken yet; and the calls of the runs to come.
mkdir -p /var/lib/suture /var/lib/suture-fetch/incoming
tar x -C /var/lib/suture-fetch/incoming -f incoming.tar || fail "no repository"
pin 1
suture-agent --once
suture-agent --once
now one
is applied-committed "$(state one)"
tar c -C /var/lib suture suture-fetch >/run/base.tar

count() {
	strace -f -qq -o /run/trace -e trace=$(echo $CALLS | tr ' ' ',') suture-agent --once ||
		fail "the run '$1' ends with $?"
	for call in $CALLS; do
		number=$(grep -c "^[0-9]* *$call(" /run/trace)
		[ "$number" = 0 ] || echo "@count $1 $call $number"
	done
}

pin 2
count change
now two
count commit
is applied-committed "$(state two)"

rm -r /var/lib/suture /var/lib/suture-fetch
tar x -C /var/lib -f /run/base.tar || fail "no way back"
umount /var/lib || fail "the disk is busy"
echo "@end"
