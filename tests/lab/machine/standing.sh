# where a machine stands: the published patch is known by its build-id, and the records are not believed
mkdir -p /etc/suture /var/lib/suture/patches
kernel=$(suture status --json | sed -n 's/.*"build_id": "\([0-9a-f]*\)".*/\1/p' | head -n 1)
boot=$(cat /proc/sys/kernel/random/boot_id)

# record FILE.ko LEVEL STATE CVE: as suture-agent writes it
record() {
	digest=$(sha256sum "$1" | cut -d ' ' -f 1)
	cp "$1" "/var/lib/suture/patches/$digest.ko"
	cat >"/var/lib/suture/patches/$digest.life" <<END
{"format": 1, "sha256": "$digest", "module_sha256": "$digest", "name": "fix-$2",
 "module": "${1%.ko}", "build_id": "$kernel", "ring": "stable", "level": $2, "size": 1,
 "state": "$3", "reason": null, "boot_id": "$boot", "taint": 0, "uptime": 0, "first_seen": 1,
 "changed": 1, "applied": 1, "failures": 0, "offered": true, "committed": true, "cves": ["$4"]}
END
}

record lp_meminfo_one.ko 1 applied-committed CVE-2026-0001
record lp_meminfo_two.ko 2 available CVE-2026-0002
suture status >out
is 6 $?
shows out "protection  problem"
shows out "the kernel does not run it"
is "$(uname -r)" "$(suture uname)"

# loaded: the same module, by its build-id
suture load lp_meminfo_one.ko >/dev/null || fail "load ends with $?"
suture status >out
is 4 $?
shows out "protection  ok          level 1 (fix-1), 1 CVE fixed live"
shows out "update      level 2 (fix-2) is available"
is "$(uname -r)+suture.1" "$(suture uname)"
suture cve >out
is 4 $?
shows out "CVE-2026-0001 *fixed-live"
shows out "CVE-2026-0002 *open"
suture status --nagios >out
is 1 $?
shows out "SUTURE WARNING"
suture show fix-1 >out || fail "show ends with $?"
shows out "vmlinux:meminfo_proc_show  in-effect"

# another module under the record's name is not it
suture unload lp_meminfo_one || fail "unload ends with $?"
one=$(sha256sum lp_meminfo_one.ko | cut -d ' ' -f 1)
cp lp_parking.ko "/var/lib/suture/patches/$one.ko"
suture load lp_meminfo_one.ko >/dev/null || fail "load ends with $?"
suture status >out
is 6 $?
shows out "is not the published level 1"
suture status --json >out
shows out '"level": 0'
suture unload lp_meminfo_one || fail "unload ends with $?"

# nothing of this needs root to be read
suture reboot-needed >out || fail "reboot-needed ends with $?"
suture history >out || fail "history ends with $?"
