# SPDX-License-Identifier: GPL-2.0-or-later
# suture-boot.service applies what "suture boot enable" keeps; then everything goes.
booted
nothing_failed
now one
is "active success" "$(systemctl is-active suture-boot) $(systemctl show -p Result --value suture-boot)"
is inactive "$(systemctl is-active suture-agent-boot || :)"
before_network suture-boot
does 0 suture boot list
shows out probation
systemctl start suture-boot-commit.service || fail "suture-boot-commit.service failed"
does 0 suture boot list
shows out committed
ok "suture-boot.service applied it, and it is committed"

does 0 suture boot disable suture_one
unit suture-boot.service active disabled
unit suture-boot-commit.timer active disabled
unit suture-boot-end.service active disabled
now one
does 0 suture unload suture_one
now nothing
does 0 suture boot enable /lab/suture_one.ko
does 0 suture enable --repo file:///srv/patches --root-fingerprint "$FINGERPRINT"
systemctl start suture-server
fetch
until_ in_force one
until_ reported one applied-probation
dpkg --remove suture-server suture-agent suture >out 2>&1 || { cat out; fail "dpkg --remove"; }
now one
for name in suture-fetch.timer suture-agent.path suture-agent.timer suture-checkin.path suture-agent.service \
	suture-server.service suture-boot.service suture-boot-commit.timer suture-agent-boot.service \
	suture-agent-end.service suture-boot-end.service; do
	is inactive "$(systemctl is-active $name || :)"
done
[ -e /etc/suture/suture.conf ] || fail "removing took the configuration"
[ -e /var/lib/suture-server/suture.db ] || fail "removing took the server's database"
nothing_failed
ok "removed: the units ended, what is loaded and known stays"

rm -f /etc/suture/ca.pem /etc/suture/server.key /etc/suture/server.pem
dpkg --purge suture-server suture-agent suture >out 2>&1 || { cat out; fail "dpkg --purge"; }
find / -xdev \( -path /lab -o -path /var/log -o -path /srv \) -prune -o -iname '*suture*' -print >out
hides out suture
find / -xdev \( -user suture-fetch -o -user suture-server -o -group suture-fetch -o -nouser \) -print >out
hides out /
# Debian keeps system users: their number must not go to somebody else.
systemctl list-unit-files --no-legend 'suture*' >out || : # 1 when there is none
hides out suture
now one
ok "purged without a trace"
