# SPDX-License-Identifier: GPL-2.0-or-later
# What the boots of the packages' guest begin with. FINGERPRINT comes from tests/package/systemd.
set -eu

# A story goes on after its first failures: the next ones may tell more.
failures=0

fail() {
	echo "FAILED: $*"
	suture status 2>&1 || :
	[ $failures -gt 0 ] || cat /run/suture/status.json || :
	systemctl --no-pager --failed || :
	journalctl --no-pager -b -o short-monotonic -n 40 -u 'suture*' || :
	failures=$((failures + 1))
	[ $failures -lt 4 ] || exit 1
}

end() {
	[ $failures = 0 ] && echo @end
}

ok() {
	read -r up rest </proc/uptime
	echo "ok   [$up s] $*"
}

is() {
	[ "$1" = "$2" ] || fail "expected '$1', got '$2'"
}

# does STATUS WORDS...: the command ends like that; its output is in "out"
does() {
	wanted=$1
	shift
	status=0
	"$@" >out 2>&1 || status=$?
	[ "$status" = "$wanted" ] || { cat out; fail "'$*' ends with $status, not $wanted"; }
}

shows() {
	grep -q -- "$2" "$1" || { cat "$1"; fail "$1 does not show '$2'"; }
}

hides() {
	! grep -q -- "$2" "$1" || { cat "$1"; fail "$1 shows '$2'"; }
}

# now NAME: what the kernel really does; "nothing": no patch
now() {
	case "$(cat /proc/loadavg)" in
	"patched: $1") ;;
	"patched: "*) fail "not $1 is in force, but $(cat /proc/loadavg)" ;;
	*) [ "$1" = nothing ] || fail "no patch is in force" ;;
	esac
}

state() {
	tr -d '\n ' </run/suture/status.json | sed 's/.*"patches"://' | tr '}' '\n' |
		grep "\"name\":\"$1\"" | sed 's/.*"state":"\([a-z-]*\)".*/\1/'
}

# record NAME: its state by the agent's records, as they are now
record() {
	suture list --json | tr -d '\n ' | tr '}' '\n' | grep "\"name\":\"$1\"" |
		sed 's/.*"state":"\([a-z-]*\)".*/\1/'
}

# The agent also reports before it applies anything.
reported() {
	[ "$(state "$1")" = "$2" ]
}

# until WORDS...: waits for it, as long as a slow machine may take
until_() {
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		if [ $tries -ge 120 ]; then
			fail "'$*' does not come true"
			break
		fi
		sleep 0.5
	done
}

in_force() {
	grep -q "^patched: $1\$" /proc/loadavg
}

agent_is_done() {
	case "$(systemctl is-active suture-agent.service || :)" in
	inactive|failed) ;;
	*) return 1 ;;
	esac
}

# unit NAME STATE ENABLED
unit() {
	is "$2 $3" "$(systemctl is-active "$1" || :) $(systemctl is-enabled "$1" || :)"
}

# What a timer does when the time has come.
fetch() {
	rm -f /var/lib/suture-fetch/last.json
	systemctl start suture-fetch.service || fail "suture-fetch.service failed"
}

units_on() {
	for name in suture-fetch.timer suture-agent.path suture-agent.timer suture-checkin.path \
		suture-agent-end.service; do
		unit $name active enabled
	done
	is enabled "$(systemctl is-enabled suture-agent-boot.service)"
}

nothing_failed() {
	is "" "$(systemctl --failed --plain --no-legend)"
}

klp() {
	ls /sys/kernel/livepatch
}

all_has_started() {
	case "$(systemctl is-system-running || :)" in
	running|degraded) ;;
	*) return 1 ;;
	esac
}

booted() {
	until_ all_has_started
	systemd-analyze time | head -n 1
	systemd-analyze blame --no-pager | head -n 12
}

# before_network UNIT
before_network() {
	loaded=$(systemctl show -p ActiveEnterTimestampMonotonic --value $1)
	network=$(systemctl show -p ActiveEnterTimestampMonotonic --value network-pre.target)
	[ "$loaded" -gt 0 ] && [ "$loaded" -le "$network" ] ||
		fail "$1 was there at $loaded, the network at $network"
}
