# Up to the call after which the power goes. The agent stands still there, and so do we.
if [ $RUN = boot ]; then
	pin 2
	suture-agent --boot # 10: level two was never committed
	is applied-probation "$(state one)"
	echo "@cut $(in_force)" >/dev/kmsg
	sleep 6000
fi
suture-agent --boot # 10: level two is known, and above the pinned one
suture-agent --once # its probation is over: what is on probation at a sudden end is not loaded again
now one
is applied-committed "$(state one)"
pin 2
if [ $RUN = commit ]; then
	suture-agent --once || fail "the change ends with $?"
fi
strace -f -qq -o /run/trace -e trace=$CALL -e inject=$CALL:signal=STOP:when=$NUMBER suture-agent --once &
strace=$!
until grep -q 'stopped by SIGSTOP' /run/trace 2>/dev/null; do
	[ -d /proc/$strace ] || fail "the run was over before: $(cat /run/trace)"
	sleep 0.1
done
echo "@cut $(in_force)" >/dev/kmsg
sleep 6000
