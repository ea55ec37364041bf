# What all boots of tests/lab/power begin with: /var/lib is on the disk, which is written to no sooner
# than somebody asks for it. The words in capitals come from tests/lab/power.
mkdir -p /etc/suture /var/lib
cp suture.conf /etc/suture/
mount -t ext4 -o noauto_da_alloc,commit=900 /dev/vda /var/lib || fail "no disk"

pin() {
	echo "{\"pin\": {\"level\": $1, \"build_id\": \"$BUILD_ID\"}, \"blocked\": [], \"delay_hours\": 0}" \
		>/var/lib/suture/policy.json
	sync
}

in_force() {
	head -n 1 /proc/loadavg
}

now() {
	is "patched: $1" "$(in_force)"
}

# state NAME: in the last report
state() {
	tr -d '\n ' </run/suture/status.json | sed 's/.*"patches"://' | tr '}' '\n' |
		grep "\"name\":\"$1\"" | sed 's/.*"state":"\([a-z-]*\)".*/\1/'
}
