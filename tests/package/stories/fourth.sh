# SPDX-License-Identifier: GPL-2.0-or-later
# suture.mode=no-apply on the kernel's command line, after an orderly reboot of a machine whose early unit
# had failed.
booted
now nothing
is "" "$(klp)"
is crashed-previously "$(state two)"
is held "$(state one)"
ok "level one was on probation, and did not take the machine down"

is "failed 6" "$(systemctl is-active suture-agent-boot || :) $(systemctl show -p ExecMainStatus --value suture-agent-boot)"
fetch
until_ agent_is_done
does 6 suture update
now nothing
suture status >out 2>&1 || :
shows out "suture.mode"
is held "$(state one)"
ok "suture.mode=no-apply keeps everything away"

does 0 suture disable
for name in suture-fetch.timer suture-agent.path suture-agent.timer suture-checkin.path; do
	unit $name inactive disabled
done
unit suture-agent-boot.service failed disabled
unit suture-agent-end.service active disabled
does 0 suture boot enable /lab/suture_one.ko
unit suture-boot.service inactive enabled
unit suture-boot-commit.timer inactive enabled
unit suture-boot-end.service active enabled
does 10 suture boot apply
now nothing
ok "kept for every boot"
