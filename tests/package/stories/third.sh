# SPDX-License-Identifier: GPL-2.0-or-later
# After the power was cut while level two was on probation.
booted
now one
is "failed 6" "$(systemctl is-active suture-agent-boot || :) $(systemctl show -p ExecMainStatus --value suture-agent-boot)"
systemctl --failed --plain --no-legend | cut -d ' ' -f 1 >failed
shows failed suture-agent-boot.service
hides failed suture-boot
hides failed suture-fetch
is crashed-previously "$(state two)"
is applied-probation "$(state one)"
journalctl --no-pager -b -o cat -u suture-agent-boot >out
shows out "did not end in good order"
does 6 suture status
shows out "did not end in good order"
units_on
ok "level two is not applied again, level one is, and the unit says that something is wrong"

does 6 suture update
now one
fetch
systemctl start suture-agent.service
now one
is active "$(systemctl is-active suture-agent.service)"
is crashed-previously "$(state two)"
is applied-probation "$(state one)"
ok "neither by hand nor by timer"
