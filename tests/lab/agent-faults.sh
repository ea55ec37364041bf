# The agent is killed before, in and after what it does to a real kernel, and the kernel refuses.
PATH_OF_TRACE=/run/trace
mkdir -p /etc/suture /var/lib/suture /var/lib/suture-fetch/incoming
cp suture.conf /etc/suture/
tar x -C /var/lib/suture-fetch/incoming -f incoming.tar || fail "no repository"

pin() {
	echo "{\"pin\": {\"level\": $1, \"build_id\": \"$BUILD_ID\"}, \"blocked\": [], \"delay_hours\": 0}" \
		>/var/lib/suture/policy.json
}

now() {
	is "patched: $1" "$(head -n 1 /proc/loadavg)"
}

# whole: the kernel has one of the two, and what it has is in force
whole() {
	case "$(head -n 1 /proc/loadavg)" in
	"patched: one" | "patched: two") ;;
	*) fail "$1: neither level is in force" ;;
	esac
}

# settled LEVEL NAME WHAT: after the next ordinary run
settled() {
	suture-agent --once >out 2>&1
	status=$?
	[ $status = 0 ] || [ $status = 10 ] || fail "$3: the next run ends with $status: $(cat out)"
	is "patched: $2" "$(head -n 1 /proc/loadavg)"
	sed -n '/"protection"/,/}/p' /run/suture/status.json >out
	shows out "\"level\": $1,"
	[ $(ls -d /sys/kernel/livepatch/*/ | wc -l) = 1 ] || fail "$3: $(ls /sys/kernel/livepatch)"
	[ $(grep -c '^suture_' /proc/modules) = 1 ] || fail "$3: $(grep '^suture_' /proc/modules)"
}

# other: the level that is not in force becomes the wanted one
wanted=1 name=one
other() {
	[ $wanted = 1 ] && { wanted=2; name=two; } || { wanted=1; name=one; }
	pin $wanted
}

pin 1
suture-agent --once
now one

# what a change asks of the kernel: every rename is a state of a record, every insertion and removal a
# change of the kernel's
other
strace -f -qq -o $PATH_OF_TRACE suture-agent --once
now two
kills=0
for call in finit_module delete_module rename fsync; do
	count=$(grep -c "^[0-9]* *$call(" $PATH_OF_TRACE)
	[ "$count" -gt 0 ] || fail "no $call in a change"
	for number in $(seq 1 $EVERY "$count"); do
		other
		strace -f -qq -o /run/killed -e trace=$call -e inject=$call:signal=KILL:when=$number \
			suture-agent --once
		# The way back takes a few calls less. Then it was an ordinary run.
		[ $? = 137 ] || { [ "$number" -gt 1 ] || fail "no $call"; settled $wanted $name $call; break; }
		whole "killed at $call $number"
		settled $wanted $name "killed at $call $number"
		kills=$((kills + 1))
	done
done
echo "@killed at $kills places, whole every time"

# the kernel refuses: what is in force stays, and the next run goes on
for fault in finit_module:error=ENOMEM finit_module:error=EKEYREJECTED delete_module:error=EBUSY; do
	before=$(head -n 1 /proc/loadavg)
	other
	strace -f -qq -o $PATH_OF_TRACE -e inject=$fault suture-agent --once >out 2>&1
	echo "@$fault: status $?"
	case $fault in
	finit*) is "$before" "$(head -n 1 /proc/loadavg)" ;;
	esac
	whole $fault
	settled $wanted $name $fault
done
echo "@end"
