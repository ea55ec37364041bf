# SPDX-License-Identifier: GPL-2.0-or-later
# After an orderly reboot: the committed one is there before the network. Upgrade, disable, enable again.
booted
nothing_failed
now one
is "active success" "$(systemctl is-active suture-agent-boot) $(systemctl show -p Result --value suture-agent-boot)"
before_network suture-agent-boot
is held "$(state two)"
units_on
ok "the early unit applied what was committed"

# The machine was not taken down by the one on probation, and it may come back.
systemctl start suture-server
fetch
until_ in_force two
until_ reported two applied-probation
ok "the one that was on probation is back"

server=$(systemctl show -p MainPID --value suture-server)
before=$(md5sum /etc/suture/suture.conf /etc/suture/credential /etc/suture/server.conf)
since=$(date +%s)
dpkg -i newer/*.deb >dpkg-said 2>&1 || { cat dpkg-said; fail "dpkg -i of the newer ones"; }
dpkg-query -W suture suture-agent suture-server >out
is 3 "$(grep -c '+newer$' out)"
is "$before" "$(md5sum /etc/suture/suture.conf /etc/suture/credential /etc/suture/server.conf)"
now two
is suture_two "$(klp)"
journalctl --no-pager -b -k --since "@$since" -o cat >out
hides out "livepatch: "
units_on
is active "$(systemctl is-active suture-server)"
[ "$server" != "$(systemctl show -p MainPID --value suture-server)" ] || { cat dpkg-said; fail "the server is the old one"; }
for name in suture-fetch.service suture-agent.service suture-server.service suture-boot.service; do
	is "newer no" "$(systemctl show -p Description --value $name) $(systemctl show -p NeedDaemonReload --value $name)"
done
does 0 suture status
fetch
nothing_failed
ok "upgraded: configuration, units and what is loaded stay"

does 0 suture disable
for name in suture-fetch.timer suture-agent.path suture-agent.timer suture-checkin.path; do
	unit $name inactive disabled
done
unit suture-agent-boot.service active disabled
unit suture-agent-end.service active disabled
is applied-probation "$(record two)"
[ ! -e /etc/suture/credential ] || fail "the credential is still there"
now two
does 2 suture disable
ok "disabled: the units are off, what is loaded stays"

does 0 suture enable --repo file:///srv/patches --root-fingerprint "$FINGERPRINT"
units_on
does 0 suture update
does 0 suture status
now two
is applied-probation "$(record two)"
does 0 suture rollback
now one
does 0 suture unpin
does 0 suture update
now two
is applied-probation "$(state two)"
ok "enabled at a folder; rolled back and forward"

# The power is cut.
end
sync
sleep 1
echo b >/proc/sysrq-trigger
sleep 60
