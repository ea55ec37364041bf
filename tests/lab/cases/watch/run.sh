[ -e /sys/kernel/tracing/kprobe_events ] || mount -t tracefs tracefs /sys/kernel/tracing ||
	fail "no tracefs"

# wait_for PATTERN: calls the function until the watch says so
wait_for() {
	for i in $(seq 6000); do
		cat /proc/cmdline >/dev/null
		! grep -q "$1" watched || return 0
		sleep 0.1
	done
	cat watched
	fail "the watch never said $1"
}

patch=${PATCH%.ko}
suture watch cmdline_proc_show --json >watched 2>problems &
watch=$!
wait_for '"redirected":false,"calls":[1-9][0-9]*,"kernel":[1-9]'
hides watched "$patch"
patch_load
wait_for "\"redirected\":true,\"calls\":[1-9][0-9]*,\"kernel\":0,\"livepatches\":\[{\"name\":\"$patch\",\"loaded\":true,\"calls\":[1-9]"
patch_unload
>watched
wait_for '"redirected":false,"calls":[1-9][0-9]*,"kernel":[1-9]'
kill -INT $watch
wait $watch || fail "watch ends with $?"
is "" "$(cat problems)"
is "" "$(cat /sys/kernel/tracing/kprobe_events)"
is "" "$(ls /sys/kernel/tracing/instances)"

suture watch cmdline_proc_show --for 1 >watched || fail "watch ends with $?"
shows watched "ran the kernel's own code$"
! suture watch no_such_function --for 1 2>problems || fail "it watches nothing"
shows problems "vmlinux has no function no_such_function"

# One of several functions of a name: only it is redirected, and only it has the livepatch.
patch_load
number=$(echo /sys/kernel/livepatch/"$patch"/vmlinux/c_start,*)
number=${number##*,}
! suture watch c_start --for 1 2>problems || fail "it does not ask which c_start is meant"
shows problems "vmlinux has [2-9] functions of that name: choose one with --position: 1 (behind "
shows problems "$number (behind [a-z_0-9]*; $patch redirects it)"
! suture watch c_start --position 99 --for 1 2>problems || fail "it watches c_start 99"
shows problems "vmlinux has no c_start number 99"
for position in 1 2 3; do
	if [ $position = "$number" ]; then
		wanted="\"calls\":[1-9][0-9]*,\"kernel\":0,\"livepatches\":\[{\"name\":\"$patch\",\"loaded\":true,\"calls\":[1-9]"
		never='"redirected":false'
	else
		wanted='"calls":[1-9][0-9]*,"kernel":[1-9][0-9]*,"livepatches":\[\]'
		never='"redirected":true'
	fi
	suture watch c_start --position $position --json >twin &
	watch=$!
	for i in $(seq 6000); do
		cat /proc/crypto /proc/cpuinfo /proc/consoles >/dev/null
		! grep -q "$wanted" twin || break
		sleep 0.1
	done
	kill -INT $watch
	wait $watch || fail "watching c_start $position ends with $?"
	shows twin "$wanted"
	hides twin "$never"
done
patch_unload
