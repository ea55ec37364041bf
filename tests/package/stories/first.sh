# SPDX-License-Identifier: GPL-2.0-or-later
# A machine gets the packages, is enabled at its own server, and is patched by its units.
booted
nothing_failed
dpkg -i debs/*.deb >out 2>&1 || { cat out; fail "dpkg -i"; }
for user in suture-fetch suture-server; do
	getent passwd $user >out
	shows out nologin
done
is "suture-fetch 755" "$(stat -c '%U %a' /var/lib/suture-fetch)"
for name in $(cd /lib/systemd/system && ls | grep '^suture'); do
	case "$(systemctl is-enabled $name || :)" in
	disabled|static) ;;
	*) fail "$name is switched on by itself" ;;
	esac
	is inactive "$(systemctl is-active $name || :)"
done
ok "the packages are installed, the users are there, nothing runs"

# The server, under its unit: port 443 without being root.
mkdir -p /srv
cp -r repository-one /srv/patches
cp ca.pem /etc/suture/ca.pem
install -o root -g suture-server -m 0640 server.key server.pem /etc/suture
cat >>/etc/suture/server.conf <<END
listen = 127.0.0.1:443
certificate = /etc/suture/server.pem
key = /etc/suture/server.key
repository = /srv/patches
END
systemctl start suture-server || fail "the server does not start"
token=$(suture-server token new --ring stable)
is suture-server "$(stat -c %U /var/lib/suture-server/suture.db)"
ok "suture-server runs"

does 77 suture enable --server https://127.0.0.1 --root-fingerprint "$FINGERPRINT" --ca-file /etc/suture/ca.pem \
	"sut_000000000000_$(printf %064d 0)"
[ ! -e /etc/suture/suture.conf ] || hides /etc/suture/suture.conf repo
is inactive "$(systemctl is-active suture-fetch.timer || :)"
echo "$token" >token
does 0 suture enable --server https://127.0.0.1 --root-fingerprint "$FINGERPRINT" --ca-file /etc/suture/ca.pem \
	--token-file token
shows out "^token .* is good"
hides out "$(cut -d _ -f 3 token)"
is "root suture-fetch 640" "$(stat -c '%U %G %a' /etc/suture/credential)"
units_on
for timer in suture-fetch.timer suture-agent.timer; do
	systemctl show -p SubState -p NextElapseUSecMonotonic $timer >state
	grep -q SubState=running state || hides state infinity # while the service runs, the next time is open
done
does 0 suture enable --server https://127.0.0.1 --root-fingerprint "$FINGERPRINT" --ca-file /etc/suture/ca.pem \
	--token-file token
ok "enabled: the timers run"

does 0 suture config set probation_minutes 0
fetch
until_ in_force one
until_ reported one applied-committed
until_ agent_is_done
is applied-committed "$(state one)"
does 0 suture status
shows out "protection  ok          level 1 (one)"
shows out "freshness   ok"
is suture-fetch "$(stat -c %U /var/lib/suture-fetch/last.json)"
until_ sh -c 'suture-server machine list --json | grep -q "\"level\":1"'
journalctl --no-pager -b -u suture-fetch -u suture-agent -u suture-checkin >out
hides out "$(cut -d _ -f 3 token)"
ok "fetched, verified, applied by the units; the server knows"

# The second one stays on probation: the agent is there and watches.
does 0 suture config set probation_minutes 15
cp -r repository-two/. /srv/patches
fetch
until_ in_force two
until_ reported two applied-probation
is applied-probation "$(state two)"
pid=$(systemctl show -p MainPID --value suture-agent.service)
[ "$pid" != 0 ] || fail "no agent watches"
is 1 "$(grep -c : /proc/$pid/net/dev)"
[ "$(readlink /proc/$pid/ns/net)" != "$(readlink /proc/1/ns/net)" ] || fail "the agent has the machine's network"
grep VmRSS /proc/$pid/status
nothing_failed
ok "the next one is on probation"

# What each unit may do, tried for real in its own sandbox.
probed='suture-fetch suture-checkin suture-agent suture-agent-boot suture-agent-end
	suture-boot suture-boot-commit suture-boot-end suture-server'
for name in $probed; do
	sed -e '/^\(Type\|NotifyAccess\|RemainAfterExit\|Exec[A-Z]\|Condition\|Restart\|SuccessExit\|Before\|After\|Wants\|Conflicts\|RequiresM\)/d' \
		-e "s|^\[Service\]|&\nType=oneshot\nEnvironment=PORT=443 PATCH=suture_two\nExecStart=/usr/bin/perl /lab/probe.pl|" \
		/lib/systemd/system/$name.service >/run/systemd/system/probe-$name.service
done
systemctl daemon-reload
for name in $probed; do
	systemctl start probe-$name || { journalctl --no-pager -b -u probe-$name; fail "no probe of $name"; }
	echo "@probe $name"
	journalctl --no-pager -b -o cat -u probe-$name.service | grep '^probe '
	systemd-analyze security --no-pager $name.service | grep -o 'Overall exposure level.*'
done
rm /run/systemd/system/probe-*
systemctl daemon-reload
units_on
now two
ok "probed"
