# The same disk, after the power went.
suture-agent --boot
boot=$?
# 6: the machine went down with level two; 10: it was not committed yet, and waits for the next run
[ $boot = 0 ] || [ $boot = 6 ] || [ $boot = 10 ] || fail "--boot ends with $boot"
name=$(in_force | sed -n 's/^patched: //p')

# whole NAME: the kernel has exactly this one, and the status says so
whole() {
	case $1 in
	one) level=1 ;;
	two) level=2 ;;
	*) fail "neither patch is in force" ;;
	esac
	now "$1"
	is "suture_$1" "$(ls /sys/kernel/livepatch)"
	is "suture_$1" "$(sed -n 's/^\(suture_[a-z]*\) .*/\1/p' /proc/modules)"
	suture status >/run/status
	grep -q "^protection *ok *level $level ($1)" /run/status || fail "$(cat /run/status)"
}

whole "$name"
early=$name
suture-agent --once
once=$?
name=$(in_force | sed -n 's/^patched: //p')
whole "$name"
case "$(state two)" in
crashed-previously)
	is one "$name"
	is 6 $once
	;;
applied-*)
	is two "$name"
	is 0 $once
	;;
*) fail "level two is $(state two)" ;;
esac
! ls /var/lib/suture/*/*.tmp-* /var/lib/suture/*.tmp-* 2>/dev/null || fail "something half-written stays"
echo "@after $early at boot, $name after the next run: level two is $(state two)"
umount /var/lib || fail "the disk is busy"
echo "@end"
