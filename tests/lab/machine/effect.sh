# loaded is not effective: bypassed, stacked, counted
mount -t tracefs none /sys/kernel/tracing 2>/dev/null
mount -t debugfs none /sys/kernel/debug 2>/dev/null

suture load lp_syslog.ko || fail "load ends with $?"
dmesg 2>out && fail "the livepatch does nothing"
shows out "Argument list too long"
(while :; do dmesg >/dev/null 2>&1; sleep 0.1; done) &
caller=$!
# counts STATUS WORDS...: what status --verify ends with, once a call came while it counted
counts() {
	wanted=$1
	shift
	suture status --verify --for 2 "$@" >out
	is "$wanted" $?
	! grep -q "not called in 2 s" out
}

comes counts 0
shows out "security_syslog  in-effect ([0-9]* calls in 2 s, all reached the new code)"

# an fmod_ret program in front answers in the place of old and new code
./bpf_answer security_syslog -18 >attached &
bpf=$!
comes grep -q attached attached
dmesg 2>out && fail "the BPF program does nothing"
shows out "Invalid cross-device link"
suture status >out
is 6 $?
shows out "security_syslog  contested (a BPF fmod_ret program"
comes counts 6 --json
shows out '"effect": "bypassed"'
shows out '"new_hits": 0'
suture unload lp_syslog || fail "unload ends with $?"
suture load lp_syslog.ko 2>out
is 6 $?
shows out "may not be effective"
kill $bpf
wait $bpf
suture status >out || fail "status ends with $? after the BPF program went away"
shows out "security_syslog  in-effect"
kill $caller
is "" "$(cat /sys/kernel/tracing/kprobe_events)"
is "" "$(ls /sys/kernel/tracing/instances)"
suture unload lp_syslog || fail "unload ends with $?"

# two on one function: the newer wins, and either can go first
suture load lp_meminfo_one.ko >/dev/null || fail "load ends with $?"
suture load lp_meminfo_three.ko >/dev/null || fail "load ends with $?"
suture status >out || fail "status ends with $?"
shows out "meminfo_proc_show  stacked (redirected by the newer lp_meminfo_three)"
shows out "meminfo_proc_show  in-effect"
is "patched: three" "$(cat /proc/meminfo)"
suture unload lp_meminfo_three || fail "unload ends with $?"
is "patched: one" "$(cat /proc/meminfo)"

# an ordinary kprobe coexists
echo 'p:mine meminfo_proc_show' >/sys/kernel/tracing/kprobe_events
echo 1 >/sys/kernel/tracing/events/kprobes/mine/enable
is "patched: one" "$(cat /proc/meminfo)"
suture status >out || fail "status ends with $?"
shows out "in-effect (redirected; 1 other handler at its entry (kprobes))"
echo 0 >/sys/kernel/tracing/events/kprobes/mine/enable
echo >/sys/kernel/tracing/kprobe_events

# while a patch is on, nobody can turn ftrace off or take the function over
echo 0 2>/dev/null >/proc/sys/kernel/ftrace_enabled
is 1 "$(cat /proc/sys/kernel/ftrace_enabled)"
insmod probe_owner.ko 2>/dev/null && fail "a kprobe took the function over"
suture unload lp_meminfo_one || fail "unload ends with $?"
true
