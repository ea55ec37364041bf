# SPDX-License-Identifier: GPL-2.0-or-later
"""What each unit's process was able to do when it tried (probe.pl), against what it should be."""
import re

from lab import Failure

EXPOSURE = {  # at most; systemd-analyze security, 10 is the worst
    "suture-fetch": 1.5, "suture-checkin": 1.5, "suture-server": 2.0,
    "suture-agent": 3.5, "suture-agent-boot": 3.5, "suture-boot": 3.5, "suture-boot-commit": 2.0,
    "suture-agent-end": 1.5, "suture-boot-end": 1.5,
}
REFUSED = "(EPERM|EACCES|EROFS|ENOENT|ENXIO)"
CLOSED = {  # of every unit
    "NoNewPrivs": "1", "Seccomp": "2", "packet": "E.*", "mount": "EPERM", "reboot": "EPERM", "clock": "EPERM",
    "trace": "EPERM", "namespace": "EPERM", "writable-code": "EPERM", "write /usr/bin": REFUSED, "write /etc": REFUSED,
    "write /etc/suture": REFUSED, "write /boot": REFUSED, "write /var/lib": REFUSED, "write /root": REFUSED,
    "write /home": REFUSED, "write /run": REFUSED, "write /run/lock": REFUSED, "write /proc/sys": REFUSED,
    "write sysrq": REFUSED, "write sys": REFUSED, "read /dev/vda": REFUSED, "read /dev/mem": REFUSED, "end": "ok",
}
STRANGER = {  # has the network, and no right
    **CLOSED, "CapEff": "0+", "socket": "ok", "connect": "ok", "module": "EPERM", "delete": "EPERM", "log": "EPERM",
    "write /var/lib/suture": REFUSED, "write /run/suture": REFUSED,
    "write livepatch": REFUSED, "read /dev/kmsg": REFUSED, "read /etc/shadow": REFUSED, "stack": REFUSED,
}
FETCHER = {**STRANGER, "CapBnd": "0+", "write /var/lib/suture-fetch": "ok", "write /var/lib/suture-server": REFUSED,
           "read /etc/suture/credential": "ok", "read /var/lib/suture/policy.json": "ok|ENOENT"}
LOADER = {  # loads code, and has no network
    **CLOSED, "Uid": "0", "module": "EBADF", "delete": "ENOENT", "write livepatch": "ok", "read /dev/kmsg": "ok",
    "write /var/lib/suture": "ok", "write /var/lib/suture-fetch": REFUSED, "write /var/lib/suture-server": REFUSED,
    "stack": "ok",
}
OFFLINE = {"socket": "EAFNOSUPPORT"}
CLERK = {  # root without a right: reads and writes records
    **CLOSED, **OFFLINE, "Uid": "0", "module": "EPERM", "delete": "EPERM", "write livepatch": REFUSED,
    "write /var/lib/suture": "ok", "write /var/lib/suture-fetch": REFUSED, "write /var/lib/suture-server": REFUSED,
}
END = {**CLERK, "CapEff": "0+", "CapBnd": "0+", "log": "EPERM", "read /dev/kmsg": REFUSED, "stack": REFUSED}
WANTED = {
    "suture-fetch": FETCHER, "suture-checkin": FETCHER,
    "suture-server": {**STRANGER, "CapBnd": "0+400", "CapEff": "0+400", "write /var/lib/suture-server": "ok",
                      "write /var/lib/suture-fetch": REFUSED, "read /etc/suture/credential": REFUSED},
    "suture-agent": {**LOADER, **OFFLINE, "write /run/suture": "ok"},
    "suture-agent-boot": {**LOADER, **OFFLINE, "write /run/suture": "ok"},
    "suture-boot": {**LOADER, **OFFLINE, "write /run/suture": "ok"},
    "suture-boot-commit": {**CLERK, "read /dev/kmsg": "ok"},
    "suture-agent-end": END, "suture-boot-end": END,
}


def parse(said):
    found, unit = {}, None
    for line in said.splitlines():
        if line.startswith("@probe "):
            unit = line.split()[1]
            found[unit] = {}
        elif unit and line.startswith("probe "):
            word, _, answer = line[len("probe "):].partition(": ")
            found[unit][word] = answer
        elif unit and "exposure level" in line:
            found[unit]["exposure"] = re.search(r": ([0-9.]+)", line)[1]
    return found


def check_probes(said):
    found, wrong = parse(said), []
    for unit, wanted in WANTED.items():
        got = found.get(unit, {})
        for word, pattern in wanted.items():
            if not re.fullmatch(pattern, got.get(word, "nothing")):
                wrong.append(f"{unit}: {word}: {got.get(word, 'nothing')}, and not {pattern}")
        if float(got.get("exposure", 10)) > EXPOSURE[unit]:
            wrong.append(f"{unit}: exposure {got.get('exposure')} is more than {EXPOSURE[unit]}")
    if wrong:
        raise Failure("\n".join(wrong))
    print("     exposure: " + ", ".join(f"{unit} {found[unit]['exposure']}" for unit in WANTED))
