# patches loaded, replaced and removed many times in a row under load: no warning, no leak
ROUNDS=${ROUNDS:-200}
round_count=$ROUNDS

# From 6.4 on a transition rewrites every call of cond_resched() while it runs. QEMU's emulation of
# two processors loses such a rewrite now and then under load (an int3 that nobody owns, or a hang);
# the kernel and real processors do not.
case "$(uname -r)" in
6.1.*) ;;
*) echo 0 >/sys/devices/system/cpu/cpu1/online ;;
esac

# File, pipe and /proc traffic through the patched functions, all the time.
hammer() {
	while :; do
		cat /proc/meminfo /proc/cmdline >/dev/null
		dd if=/dev/zero bs=4k count=50 2>/dev/null | cat >"file.$1"
		rm "file.$1"
	done
}

slab() { awk '/^(Slab|SUnreclaim|KernelStack|VmallocUsed|Percpu):/ { print $1, $2 }' /proc/meminfo; }

load_one() { # FILE: appends the seconds of its transition to times
	suture load --wait 120 --json "$1" >result || fail "round $round: $(cat result)"
	sed -n 's/.*"seconds": \([0-9.]*\).*/\1/p' result >>times
}

round=warm
load_one lp_meminfo_two.ko
suture unload lp_meminfo_two >/dev/null
rm times
sync
echo 3 >/proc/sys/vm/drop_caches
slab >before
lsmod >modules.before
hammer a & one=$!
hammer b & two=$!
round=0
while [ $round -lt "$ROUNDS" ]; do
	load_one lp_meminfo_one.ko
	load_one lp_meminfo_two.ko
	[ ! -d /sys/module/lp_meminfo_one ] || fail "round $round: the replaced module stays"
	suture unload --wait 120 lp_meminfo_two >/dev/null || fail "round $round: unload"
	round=$((round + 3))
done
kill $one $two
wait

# tasks parked inside the patched function hold the transition up, and nothing else
round=parked
while [ "$ROUNDS" -gt 0 ]; do
	insmod parking.ko || fail "parking"
	(sleep 1; echo 1 >/sys/module/parking/parameters/release) &
	load_one lp_parking.ko
	suture unload --wait 120 lp_parking >/dev/null || fail "unload"
	rmmod parking
	wait
	ROUNDS=$((ROUNDS - 20))
done
ROUNDS=$round_count
sleep 2
lsmod >modules.after
cmp modules.before modules.after || fail "the list of modules is not what it was"
is "no livepatch is loaded" "$(suture list)"
echo 3 >/proc/sys/vm/drop_caches
slab >after
# A leak of a page and more a round would show; caches breathe.
paste before after | awk -v rounds="$ROUNDS" '{ grown = $4 - $2
	if (grown > rounds * 4 + 1024) { print $1, "grew by", grown, "kB"; bad = 1 } }
	END { exit bad }' || fail "memory leaks"
sort -n times | awk '{ t[NR] = $1 } END {
	print "@transition seconds of", NR, "transitions: least", t[1], "median",
	      t[int((NR + 1) / 2)], "95 %", t[int(NR * 0.95 + 0.5)], "most", t[NR] }'
