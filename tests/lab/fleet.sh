# SPDX-License-Identifier: GPL-2.0-or-later
# What both boots of a machine of the fleet begin with. The words in capitals come from tests/lab/fleet.
fail() {
	echo "$*"
	suture-agent --once
	cat /run/suture/status.json /var/lib/suture-fetch/last.json
	exit 1
}

is() {
	[ "$1" = "$2" ] || fail "expected '$1', got '$2'"
}

# is_said: waits until all that was printed is outside of the machine, which goes down next. It is carried by
# a cat (src/lab/guest.c): it has passed on everything when it waits in read(2), which is call 0; stty then
# waits for the port.
is_said() {
	for process in /proc/[0-9]*; do
		[ "$(tr '\0' ' ' 2>/dev/null <$process/cmdline)" != "cat /run/output " ] ||
			until grep -q '^0 ' $process/syscall; do sleep 0.1; done
	done
	stty -F /dev/ttyS1 raw
}

# now NAME: what the kernel really does
now() {
	is "patched: $1" "$(head -n 1 /proc/loadavg)"
}

state() {
	tr -d '\n ' </run/suture/status.json | sed 's/.*"patches"://' | tr '}' '\n' |
		grep "\"name\":\"$1\"" | sed 's/.*"state":"\([a-z-]*\)".*/\1/'
}

# is_level N: what the last report says
is_level() {
	sed -n '/"protection"/,/}/p' /run/suture/status.json 2>/dev/null | grep -q "\"level\": $1,"
}

is_revoked() {
	[ "$(state "$1")" = revoked ]
}

# come CONDITION...: asks again as a timer would, until it holds; then tells the server, which is what
# the release desk waits for
come() {
	tries=0
	until "$@"; do
		[ $tries = 0 ] || sleep 1 # the other machines run on the same processors
		tries=$((tries + 1))
		[ $tries -lt 3000 ] || fail "it does not come: $*"
		suture-fetch --now 2>&1 || :
		suture-agent --once 2>&1 || :
	done
	suture-fetch --check-in || fail "check-in ends with $?"
}

until_level() {
	come is_level "$1"
	echo "@level $1 at $(cut -d ' ' -f 1 /proc/uptime)"
}

ip addr add 10.0.2.15/24 dev eth0 && ip link set eth0 up || fail "no network"

# the user that the fetcher becomes, as sysusers and tmpfiles make it
echo "suture-fetch:x:990:990::/:/bin/false" >>/etc/passwd
echo "suture-fetch:x:990:" >>/etc/group
mkdir -p /var/lib/suture-fetch
chown 990:990 /var/lib/suture-fetch
