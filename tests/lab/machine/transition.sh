# a transition that stalls: blockers are named, the patch is taken back; Ctrl-C; reverse; force
insmod parking.ko

# is_parked: a transition waits for the thread in parking_place(), and the module is there for good
is_parked() {
	suture blocking --json >blocking && return 1
	grep -q '"comm": "parked"' blocking && grep -q '"function": "parking_place"' blocking &&
		[ "$(cat /sys/module/lp_parking/initstate)" = live ]
}

clean() {
	[ ! -d /sys/kernel/livepatch/lp_parking ] || fail "the livepatch is still there after $1"
	[ ! -d /sys/module/lp_parking ] || fail "the module is still loaded after $1"
}

suture load --wait 3 lp_parking.ko >out 2>&1
is 11 $?
shows out "held up by parked (kernel thread"
shows out "-> parking_place+0x"
shows out "nothing is left of it"
clean "a stall"

suture load --wait 3000 lp_parking.ko >out 2>&1 &
pid=$!
comes is_parked
suture status >status
is 11 $?
shows status "lp_parking: applying"
suture load lp_meminfo_one.ko 2>second
is 11 $?
shows second "lp_parking is in transition"
kill -INT $pid
wait $pid
is 130 $?
shows out "nothing is left of it"
clean "Ctrl-C"

suture load --wait 3000 lp_parking.ko >out 2>&1 &
pid=$!
comes is_parked
suture transition reverse lp_parking || fail "reverse ends with $?"
wait $pid
is 6 $?
clean "somebody turned it round"
suture transition wait lp_parking 2>out
is 3 $?

# it goes on as soon as the task leaves
suture load --wait 3000 lp_parking.ko >out 2>&1 &
pid=$!
comes is_parked
echo 1 >/sys/module/parking/parameters/release
wait $pid
is 0 $?
shows out "lp_parking is applied"
suture unload lp_parking || fail "unload ends with $?"
rmmod parking

# the price of force: it works, and the module of what it replaced can never be removed
insmod parking.ko
insmod lp_parking.ko
suture transition force lp_parking 2>out
is 64 $?
shows out "yes-i-will-reboot"
suture transition force lp_parking --yes-i-will-reboot || fail "force ends with $?"
suture transition wait lp_parking || fail "wait ends with $?"
suture status >out
shows out "lp_parking: applied"
shows out "a transition was forced"
