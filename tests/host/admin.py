#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The administrator's commands on a machine that is a folder, with the real fetcher and agent (the
kernel is made of folders: tests/e2e/agent/agent_in_folder.c). Every JSON follows the schema that the
program prints; every exit status of the table that a machine can end with is reached.

    admin.py SUTURE-AUTHOR SUTURE SUTURE-FETCH AGENT-IN-FOLDER FIXTURES"""
import datetime
import fcntl
import hashlib
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile

import jsonschema

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e/agent"))
from machine import BUILD_ID, Desk, Machine, notes, shop  # noqa: E402

AUTHOR, SUTURE, FETCH, AGENT, FIXTURES = (pathlib.Path(word).resolve() for word in sys.argv[1:6])
PATIENCE = 600
NOBODY = 65534


def as_nobody():
    if os.getuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)


class Host:
    """The programs beside each other, as installed, and one machine that trusts one repository."""

    def __init__(self, folder):
        self.folder = folder
        self.desk = Desk(AUTHOR, folder / "desk")
        self.machine = Machine(FETCH, AGENT, folder / "machine")
        for name, program in (("suture", SUTURE), ("suture-host", SUTURE.with_name("suture-host")),
                              ("suture-fetch", FETCH), ("suture-agent", AGENT)):
            shutil.copy(program, folder / name)

    def begin(self):
        """A repository with one patch, enabled and applied."""
        self.desk.init()
        self.desk.sign("root1", "root2", "release")
        self.desk.offer("one", cves=["CVE-2026-0001"])
        self.machine.trust(self.desk.repo, f"file://{self.desk.repo}")
        self.run("refresh")
        return self

    def run(self, *words, status=0, stdin=None, before=None, sysroot=True):
        root = ["--sysroot", self.machine.root] if sysroot else []
        command, words = words[0].split(), words[1:]
        done = subprocess.run([self.folder / "suture", *command, *map(str, [*words, *root])], text=True,
                              input=stdin, capture_output=True, timeout=PATIENCE, preexec_fn=before)
        if status not in (done.returncode, None):  # None: it is not what is asked
            raise shop.Failed(f"suture {command} {words}: status {done.returncode}, not {status}\n"
                              f"{done.stdout}{done.stderr}")
        self.stderr = done.stderr
        return done.stdout if status == 0 or done.stdout else done.stderr

    def json(self, *words, schema=None, status=0):
        """Its JSON, which follows its schema."""
        value = json.loads(self.run(*words, "--json", status=status))
        name = schema or words[0].split()[0]
        rules = json.loads(self.run("schema", name, sysroot=False))
        jsonschema.Draft202012Validator.check_schema(rules)
        jsonschema.validate(value, rules)
        return value

    def id(self, name):
        return self.machine.lives()[name]["sha256"]


def expect(found, wanted):
    if found != wanted:
        raise shop.Failed(f"found {found!r}, wanted {wanted!r}")


def says(text, *words):
    for word in words:
        if word not in text:
            raise shop.Failed(f"'{word}' is not in: {text}")


# Status

def three_axes_say_level_metadata_and_coverage(h):
    h.begin()
    text = h.run("status")
    says(text, "protection  ok          level 1 (one), 1 CVE fixed live", "freshness   ok          checked",
         "coverage    ok          kernel served, newest level 1")
    status = h.json("status")
    expect([status[axis]["state"] for axis in ("protection", "freshness", "coverage")],
           ["ok", "ok", "ok"])
    expect(status["protection"]["patch"], h.id("one"))
    expect((status["debt"], status["disagreements"], status["update"]), ([], [], None))
    says(h.run("status", "--verbose"), "fixed live  CVE-2026-0001", "fetcher     ", "agent       ")


def a_machine_that_is_not_enabled_is_no_failure(h):
    status = h.json("status")
    expect((status["protection"]["state"], status["freshness"]["state"], status["coverage"]["state"]),
           ("none", "off", "unknown"))
    says(h.run("status"), "'suture enable' does")
    expect(h.run("status", "--nagios").split(" - ")[0], "SUTURE OK")


def a_patch_that_the_records_have_and_the_kernel_not_is_a_problem(h):
    """The lie that must not be told: the kernel is asked, and not the agent."""
    h.begin()
    h.machine.boot("first")  # the same boot, the livepatch gone
    status = h.json("status", status=6)
    expect(status["protection"]["state"], "problem")
    expect(status["protection"]["level"], 0)
    expect(status["debt"], ["CVE-2026-0001"])
    says(status["disagreements"][0], "level 1 (one) is in force, and the kernel does not run it")
    expect(h.json("cve", "CVE-2026-0001", status=4)["cves"][0]["state"], "open")
    expect(h.run("uname", status=6), "6.1.0-test\n")
    says(h.run("status", "--nagios", status=2), "SUTURE CRITICAL - level 1 (one) should be in force")


def another_module_of_the_same_name_is_not_the_published_one(h):
    h.begin()
    life = h.machine.lives()["one"]
    module = h.machine.path(f"var/lib/suture/patches/{life['sha256']}.ko")
    module.write_bytes(with_build_id("suture_one", "aa" * 20))
    h.machine.write("sys/module/suture_one/initstate", "live\n")
    h.machine.write("sys/module/suture_one/notes/.note.gnu.build-id", notes("bb" * 20))
    status = h.json("status", status=6)
    expect(status["protection"]["level"], 0)
    says(" ".join(status["disagreements"]), "is not the published level 1", "bb" * 20, "aa" * 20)
    h.machine.write("sys/module/suture_one/notes/.note.gnu.build-id", notes("aa" * 20))
    expect(h.json("status")["protection"]["level"], 1)


def with_build_id(name, build_id):
    """A module file that carries a build-id as the linker writes it."""
    import struct
    modinfo = b"livepatch=Y\0name=" + name.encode() + b"\0"
    note, names = notes(build_id), b"\0.modinfo\0.note.gnu.build-id\0.shstrtab\0"
    body = modinfo + b"\0" * (-len(modinfo) % 4) + note
    at = 64 + len(body) - len(note)
    header = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\2\1\1", 1, 62, 1, 0, 0,
                         64 + len(body) + len(names), 0, 64, 0, 0, 64, 4, 3)
    rows = [(0,) * 10, (1, 1, 0, 0, 64, len(modinfo), 0, 0, 1, 0),
            (10, 7, 2, 0, at, len(note), 0, 0, 4, 0),
            (29, 3, 0, 0, 64 + len(body), len(names), 0, 0, 1, 0)]
    return header + body + names + b"".join(struct.pack("<IIQQQQIIQQ", *row) for row in rows)


def a_transition_is_said_and_fixes_nothing_yet(h):
    h.begin()
    h.machine.write("sys/kernel/livepatch/suture_one/transition", "1\n")
    status = h.json("status", status=11)
    expect(status["protection"]["state"], "transition")
    expect(h.json("cve", status=4)["cves"][0]["state"], "open")
    expect(h.json("uname")["effective"], "6.1.0-test")


def expired_metadata_are_stale_and_take_nothing_off(h):
    h.begin()
    store = h.machine.path("var/lib/suture/trust/timestamp.json")
    document = json.loads(store.read_text())
    document["signed"]["expires"] = "2026-01-01T00:00:00Z"
    store.write_text(json.dumps(document))
    status = h.json("status", status=8)
    expect((status["freshness"]["state"], status["protection"]["state"]), ("stale", "ok"))
    says(h.run("status", status=8), "what is loaded stays loaded")
    says(h.run("status", "--nagios", status=1), "SUTURE WARNING")


def a_repository_that_lies_is_a_failed_verification(h):
    h.begin()
    h.desk.offer("two")
    for file in h.desk.repo.glob("*.snapshot.json"):
        file.write_text(file.read_text().replace('"version"', '"versiom"', 1))
    h.run("refresh", status=9)
    status = h.json("status", status=9)
    expect((status["freshness"]["state"], status["protection"]["state"]), ("problem", "ok"))
    # The agent never sees what the fetcher could not verify; what it leaves for others says it all the same.
    h.machine.apply()
    says(h.machine.path("run/suture/suture.prom").read_text(), 'suture_freshness{state="problem"} 1')
    says(h.machine.path("run/suture/motd").read_text(), "failed to verify")


def an_unreachable_repository_is_temporary_and_the_last_word_still_holds(h):
    h.begin()
    h.run("config set", "repo", "http://127.0.0.1:1/")
    says(h.run("refresh", status=75), "127.0.0.1")
    status = h.json("status")
    expect(status["freshness"]["state"], "ok")
    says(status["freshness"]["reason"], "the last try failed")
    h.run("update")
    says(h.stderr, "going on with what is here")


def neither_a_silent_server_nor_a_hanging_agent_delays_status(h):
    """Both still hang when the answer is there."""
    h.begin()
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(8)  # taken by the kernel, answered by nobody
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        h.run("config set", "repo", url)
        fetcher = subprocess.Popen([FETCH, "--now", "--root", h.machine.root],
                                   stderr=subprocess.DEVNULL)
        asked = silent.accept()  # it has asked, and waits
        with open(h.machine.path("var/lib/suture/agent.lock"), "r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # an agent that never ends its run
            expect(h.json("status")["protection"]["level"], 1)
            says(h.run("status"), "protection  ok")
            expect(h.run("uname").strip(), "6.1.0-test+suture.1")
            expect(fetcher.poll(), None)
        fetcher.kill()
        fetcher.wait()
        asked[0].close()


def until_when_a_kernel_is_served_is_told_and_its_end_asks_for_another(h):
    h.begin()
    h.desk.run("repo", "add", h.desk.repo, "one.ko", "--served-until", "soon", status=64)
    add = h.desk.run

    def served(day):
        h.desk.run = lambda *words, **more: add(
            *words, *(["--served-until", day] if words[:2] == ("repo", "add") else []), **more)

    served("2099-10-01")
    h.desk.offer("two")
    h.run("update")
    says(h.run("status"), "coverage    ok          kernel served until 2099-10-01, newest level 2")
    served("2026-01-01")
    h.desk.offer("three")
    h.run("update", status=5)
    status = h.json("status", status=5)
    expect((status["coverage"]["state"], status["protection"]["state"]), ("ended", "ok"))
    expect(h.json("reboot-needed", status=5)["reasons"][0]["reason"], "not-served")
    expect(h.machine.status()["coverage"], {"state": "ended", "newest": 3,
                                            "until": status["coverage"]["until"]})
    says(h.machine.path("run/suture/motd").read_text(), "no longer served")
    says(h.machine.path("run/suture/suture.prom").read_text(), 'suture_coverage{state="ended"} 1',
         f"suture_served_until_seconds {status['coverage']['until']}")


def a_kernel_s_service_is_prolonged_without_a_patch_and_held_ones_tell_it_too(h):
    """Also by a module that is not here, and when nothing is left to be loaded."""
    h.begin()
    build_id = h.machine.status()["kernel"]["build_id"]

    def prolong(day):
        h.desk.run("repo", "served", h.desk.repo, build_id, day)
        h.desk.sign("release")
        h.desk.publish()

    def tells(day):
        until = int(datetime.datetime.fromisoformat(f"{day}T23:59:59+00:00").timestamp())
        coverage = h.machine.status()["coverage"]
        expect((coverage["state"], coverage["until"]), ("ok", until))
        says(h.run("status", status=None), f"coverage    ok          kernel served until {day}")

    prolong("2098-01-31")
    h.run("refresh")
    tells("2098-01-31")
    h.run("pin", "1")
    h.desk.offer("two")
    h.run("refresh", status=None)
    tells("2098-01-31")
    prolong("2099-01-31")
    h.run("refresh", status=None)
    tells("2099-01-31")
    for name in ("one", "two"):
        h.desk.run("repo", "revoke", h.desk.repo, name, "--reason", "eats files")
    h.desk.sign("release")
    h.desk.publish()
    h.run("refresh", status=None)
    tells("2099-01-31")


def a_kernel_without_livepatching_is_unsupported(h):
    tree = FIXTURES / "no-livepatch"
    done = subprocess.run([SUTURE, "status", "--sysroot", tree], capture_output=True, timeout=PATIENCE)
    expect(done.returncode, 7)


def a_kernel_that_nobody_serves_is_unsupported(h):
    h.begin()
    h.machine.write("sys/kernel/notes", notes("0c" * 20))
    h.machine.boot("second")
    h.run("refresh", status=7)
    status = h.json("status", status=7)
    expect(status["coverage"]["state"], "none")
    says(status["coverage"]["reason"], "nothing for this build")


def damaged_records_are_said_and_nothing_is_guessed(h):
    h.begin()
    h.machine.write(f"var/lib/suture/patches/{h.id('one')}.life", "{")
    text = h.run("status", status=1)
    says(text, "BROKEN      ", "protection  ok          every livepatch is in effect; whether one of them")
    h.run("pin", "1", status=1)


def whatever_the_fetcher_leaves_status_tells_what_the_kernel_does(h):
    """last.json is a stranger's: the fetcher has the network."""
    h.begin()
    last = h.machine.path("var/lib/suture-fetch/last.json")
    makers = [lambda text=text: last.write_bytes(text) for text in (
        b"", b"\0" * 100, b"[]", b"{" * 100000, b'{"outcome": 5, "tried": "x", "message": []}',
        b'{"outcome": "temporary", "message": "\\u001b[2Jgone\\nprotection  ok", "tried": 1}',
        b'{"tried": 9223372036854775807, "outcome": "verification-failed"}', b" " * (9 << 20))]
    makers += [lambda: os.mkfifo(last), lambda: last.symlink_to("/dev/zero"), last.mkdir]
    for make in makers:
        if last.is_symlink() or last.is_file() or last.is_fifo():
            last.unlink()
        make()
        found = subprocess.run([h.folder / "suture", "status", "--verbose", "--sysroot",
                                h.machine.root], text=True, capture_output=True, timeout=PATIENCE)
        expect(found.returncode in (0, 9), True)
        says(found.stdout, "protection  ok          level 1 (one)")
        expect(sum(line.startswith("protection") for line in found.stdout.splitlines()), 1)
        expect("\x1b" in found.stdout + found.stderr, False)


# What is known

def list_and_show_name_what_is_in_force(h):
    h.begin()
    h.desk.offer("two", cves=["CVE-2026-0002"])
    h.run("pin")
    h.run("refresh", status=10)
    listed = h.json("list")
    expect([p["name"] for p in listed["patches"]], ["suture_one"])
    expect({p["name"]: (p["in_force"], p["state"]) for p in listed["known"]}["one"],
           (True, "applied-probation"))
    says(h.run("list"), h.id("one")[:12], "level 1", "in force")
    shown = h.json("show", "one")
    expect((shown["in_force"], shown["manifest"]["cves"]), (True, ["CVE-2026-0001"]))
    for words in (h.id("one")[:8], "1", "suture_one"):
        says(h.run("show", words), "fixes        CVE-2026-0001", "in force:")
    says(h.run("show", "nothing", status=3), "no patch 'nothing' is known here")


def a_cve_is_fixed_live_open_or_unknown(h):
    h.begin()
    h.desk.offer("two", cves=["CVE-2026-0001", "CVE-2026-0002"])
    h.run("pin")
    h.run("refresh", status=10)
    rows = h.json("cve", "CVE-2026-0001", "CVE-2026-0002", "CVE-1999-0001", status=4)["cves"]
    expect([row["state"] for row in rows], ["fixed-live", "open", "unknown"])
    expect(h.json("cve", "CVE-2026-0001")["cves"][0]["patch"], h.id("one"))
    h.run("cve", "CVE-1999-0001", status=3)
    h.run("cve", "Heartbleed", status=64)
    expect(h.json("status", status=10)["debt"], ["CVE-2026-0002"])


def what_the_kernel_has_fixed_itself_is_what_the_manifest_says(h):
    h.desk.init()
    h.desk.sign("root1", "root2", "release")
    offer_with(h.desk, "one", fixed_in_kernel=["CVE-2026-0009"])
    h.machine.trust(h.desk.repo, f"file://{h.desk.repo}")
    h.run("refresh")
    expect(h.json("cve", "CVE-2026-0009")["cves"][0]["state"], "fixed-in-kernel")


def offer_with(desk, name, **facts):
    """Desk.offer() with more facts in the manifest."""
    module = desk.module

    def richer(*words, **more):
        return module(*words, **{**more, **facts})
    desk.module = richer
    desk.offer(name)
    desk.module = module


def uname_adds_the_level_in_force(h):
    expect(h.run("uname"), "6.1.0-test\n")
    h.begin()
    expect(h.run("uname"), "6.1.0-test+suture.1\n")
    expect(h.json("uname")["level"], 1)


def reboot_needed_tells_why(h):
    says(h.run("reboot-needed"), "no reboot is needed")
    for name in ("vmlinuz-6.1.0-test", "vmlinuz-5.10.0-test", "vmlinuz-6.12.0-other"):
        h.machine.write(f"boot/{name}", "")
    expect(h.json("reboot-needed"), {"needed": False, "reasons": []})
    h.machine.write("boot/vmlinuz-6.1.1-test", "")
    says(h.run("reboot-needed", status=5), "6.1.1-test is installed and 6.1.0-test runs")
    h.machine.write("proc/sys/kernel/version", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.9-1 (2026-09-01)\n")
    h.machine.write("var/lib/dpkg/status", "Package: linux-image-6.1.0-test\nStatus: install ok "
                    "installed\nVersion: 6.1.10-1\n\nPackage: zsh\nVersion: 9\n")
    h.machine.write("proc/sys/kernel/tainted", "640\n")  # a warning and an oops
    h.machine.write("run/reboot-required", "")
    reasons = [r["reason"] for r in h.json("reboot-needed", status=5)["reasons"]]
    expect(reasons, ["newer-kernel", "newer-version", "kernel-trouble", "reboot-required"])


def history_tells_what_happened(h):
    says(h.run("history"), "nothing has happened here yet")
    h.begin()
    expect([e["event"] for e in h.json("history")["events"]], ["applied"])
    says(h.run("history"), "applied", "level 1 (one)")


def other_commands_follow_their_schemas_as_well(h):
    h.begin()
    h.json("check")
    for words, schema in ((("blocking",), "blocking"), (("boot list",), "boot-list")):
        value = json.loads(h.run(*words, "--json", sysroot=False))
        jsonschema.validate(value, json.loads(h.run("schema", schema, sysroot=False)))
    h.run("doctor", h.folder / "report", sysroot=False)
    jsonschema.validate(json.loads((h.folder / "report").read_text()),
                        json.loads(h.run("schema", "doctor", sysroot=False)))
    h.run("doctor", h.folder / "report", sysroot=False)  # over an older one
    (h.folder / "mine").write_text("my notes")
    h.run("doctor", h.folder / "mine", sysroot=False, status=1)
    expect((h.folder / "mine").read_text(), "my notes")
    h.run("doctor", "--force", h.folder / "mine", sysroot=False)
    for words in (("show", "nobody"), ("rollback", "--to", "nobody")):
        jsonschema.validate(json.loads(h.run(*words, "--json", status=3)),
                            json.loads(h.run("schema", "error", sysroot=False)))
    # suture-author and suture-kernel are not beside this one.
    for status, words in ((64, "status --bogus --json"), (64, "bogus --json"),
                          (3, "kernel bogus --json"), (3, "diff --json --bogus")):
        jsonschema.validate(json.loads(h.run(*words.split(), status=status, sysroot=False)),
                            json.loads(h.run("schema", "error", sysroot=False)))
    jsonschema.validate(json.loads(h.run("load", h.folder / "absent.ko", "--json", sysroot=False,
                                         status=3)),
                        json.loads(h.run("schema", "load", sysroot=False)))


def the_textfile_for_prometheus_and_the_motd_say_the_same_as_status(h):
    h.begin()
    h.desk.offer("two", cves=["CVE-2026-0001", "CVE-2026-0002"])
    h.run("pin")
    h.run("refresh", status=10)
    text = h.machine.path("run/suture/suture.prom").read_text()
    values = {}
    for line in text.splitlines():
        match = re.fullmatch(r'# (HELP|TYPE) [a-z_]+ .+|([a-z_]+(?:\{[a-z]+="[a-z-]+"\})?) (-?[0-9.]+)',
                             line)
        expect(match is not None, True)
        values[match[2]] = match[3]
    status = h.json("status", status=10)
    for axis in ("protection", "freshness", "coverage"):
        expect(values[f'suture_{axis}{{state="{status[axis]["state"]}"}}'], "1")
    expect((values["suture_level"], values["suture_cves_fixed"], values["suture_cves_open"]),
           (str(status["protection"]["level"]), "1", str(len(status["debt"]))))
    says(h.machine.path("run/suture/motd").read_text(), "level 1 (one)", "level 2 is available")


# Policy

def what_crashed_may_be_tried_again(h):
    h.begin()
    h.run("retry", "one", status=2)
    h.run("retry", "nothing", status=3)
    h.machine.boot("second")
    h.machine.apply("--boot", status=6)
    says(h.run("show", "one"), "crashed-previously")
    expect(h.json("retry", "one", schema="retry")["state"], "verified")
    says(h.run("update"), "level 1 (one)")
    expect(h.machine.loaded(), ["suture_one"])
    says(h.run("history"), "retried")


def an_unclean_end_is_told_and_can_be_forgiven(h):
    h.begin()
    h.machine.write("proc/uptime", "2000.00 0.00\n")
    h.run("refresh")
    h.machine.write("proc/uptime", "10.00 0.00\n")
    for name in ("second", "third"):
        h.machine.boot(name)
        h.machine.apply("--boot")
    says(h.run("status"), "protection  ok          level 1 (one)", "on probation",
         "caution     level 1 (one): an earlier boot with it did not end in good order")
    says(h.json("status")["caution"], "did not end in good order")
    says(h.run("history"), "unclean-end")
    expect(h.json("show", "one")["unclean_ends"], 1)
    h.machine.boot("fourth")
    h.machine.apply("--boot", status=6)
    h.run("retry", "one")
    expect(h.json("show", "one")["unclean_ends"], 0)


def pin_block_and_their_opposites(h):
    h.begin()
    h.desk.offer("two")
    expect(h.json("pin", schema="pin")["pin"], {"level": 1, "build_id": BUILD_ID})
    says(h.run("pin", status=2), "already")
    h.run("refresh", status=10)
    says(h.run("status", status=10), "update      level 2 (two) is available: this kernel is pinned")
    h.run("update --dry-run", status=10)
    expect(h.json("unpin")["pin"], None)
    h.run("unpin", status=2)
    h.run("block", "one")
    expect(len(h.json("block", "two")["blocked"]), 2)
    h.run("block", "two", status=2)
    h.run("block", "nothing", status=3)
    h.run("unblock", "two")
    expect(h.json("unblock", "one")["blocked"], [])
    h.run("unblock", "one", status=3)
    says(h.run("update"), "level 2 (two)")
    h.run("update --dry-run", status=2)
    says(h.run("pin", "--delay", "24"), "24 hours")
    expect(h.machine.json("var/lib/suture/policy.json")["delay_hours"], 24)
    h.run("pin", "--delay", "100000", status=64)


def rollback_names_its_debt_and_does_it(h):
    h.begin()
    h.machine.write("proc/uptime", "2000.00 0.00\n")
    h.run("refresh")
    expect(h.machine.lives()["one"]["state"], "applied-committed")
    h.desk.offer("two", cves=["CVE-2026-0001", "CVE-2026-0002"])
    h.run("update")
    expect(h.machine.loaded(), ["suture_two"])
    dry = h.json("rollback", "--dry-run")
    expect((dry["done"], dry["level"], dry["opens_again"]), (False, 1, ["CVE-2026-0002"]))
    expect(h.machine.loaded(), ["suture_two"])
    text = h.run("rollback")
    says(text, "from level 2 (two) back to level 1 (one)", "opens again: CVE-2026-0002",
         "level 1 (one) is in force")
    expect(h.machine.loaded(), ["suture_one"])
    h.run("refresh", status=10)  # and it stays so
    expect(h.machine.loaded(), ["suture_one"])
    h.run("rollback", "--to", "two", status=64)
    says(h.run("rollback", "--none"), "opens again: CVE-2026-0001", "no patch is in force")
    expect(h.machine.loaded(), [])
    h.run("rollback", status=2)
    h.run("unpin")
    h.run("update")
    expect(h.machine.loaded(), ["suture_two"])


def rollback_finds_what_was_in_force_and_is_held_now(h):
    """Neither committed yet nor just replaced: the blocked one went, and nothing came by itself."""
    h.begin()
    h.desk.offer("two")
    h.run("update")
    h.run("config set", "apply", "manual")
    h.run("block", "two")
    h.run("refresh", status=10)
    expect(h.machine.loaded(), [])
    h.run("unblock", "two")
    h.run("update")
    expect(h.machine.loaded(), ["suture_two"])
    expect(h.json("rollback", "--dry-run")["level"], 1)


def a_patch_that_crashed_is_told_and_not_gone_back_to(h):
    h.begin()
    h.machine.boot("second")
    h.machine.apply("--boot", status=6)
    status = h.json("status", status=6)
    expect((status["crashed"]["name"], status["crashed"]["state"]), ("one", "crashed-previously"))
    says(h.run("status", status=6), "trouble     level 1 (one) is crashed-previously")
    h.run("update", status=6)
    h.desk.offer("two")
    h.run("refresh")
    h.run("rollback", "--to", "one", status=10)


def with_apply_manual_an_update_waits_for_a_person(h):
    h.begin()
    h.run("config set", "apply", "manual")
    h.desk.offer("two")
    h.run("refresh", status=4)
    expect(h.machine.loaded(), ["suture_one"])
    expect(h.json("update", "--dry-run", status=4)["verdict"], "update-available")
    h.run("update")
    expect(h.machine.loaded(), ["suture_two"])


def a_bundle_updates_without_a_network(h):
    h.begin()
    h.desk.offer("two")
    h.desk.run("repo", "bundle", "-o", "all.bundle", h.desk.repo)
    h.run("config set", "repo", "http://127.0.0.1:1/")
    says(h.run("update", "--bundle", h.desk.folder / "all.bundle"), "level 2 (two)")
    expect(h.machine.loaded(), ["suture_two"])
    (h.folder / "noise").write_bytes(os.urandom(4096))
    h.run("update", "--bundle", h.folder / "noise", status=1)
    h.run("update", "--bundle", h.folder / "absent", status=3)


# Where patches come from

def enabling_needs_something_to_trust(h):
    h.desk.init()
    says(h.run("enable", status=64), "say where patches come from")
    says(h.run("enable", "--repo", f"file://{h.desk.repo}", status=64), "--root-fingerprint")
    says(h.run("enable", "--repo", "ftp://x/", "--root-fingerprint", "0" * 64, status=1), "repo")
    says(h.run("enable", "--server", "http://127.0.0.1:1", "--root-fingerprint", "0" * 64, status=64),
         "--server needs a token")
    says(h.run("enable", "sut_12", status=64), "that is no token")
    expect(h.machine.path("etc/suture/suture.conf").exists(), False)
    h.run("refresh", status=3)


def a_folder_is_enabled_twice_and_disabled_twice(h):
    h.desk.init()
    h.desk.sign("root1", "root2", "release")
    h.desk.offer("one")
    digest = hashlib.sha256((h.desk.repo / "1.root.json").read_bytes()).hexdigest()
    words = ("--repo", f"file://{h.desk.repo}", "--root-fingerprint", digest, "--ring", "stable")
    expect(h.json("enable", *words)["changed"], True)
    expect(h.json("enable", *words)["changed"], False)
    says(h.run("enable", *words), "already enabled")
    h.run("refresh")
    expect(h.machine.loaded(), ["suture_one"])
    expect(h.json("disable")["enabled"], False)
    h.run("disable", status=2)
    expect(h.machine.loaded(), ["suture_one"])
    expect(h.json("status")["freshness"]["state"], "off")
    expect([e["event"] for e in h.json("history")["events"]], ["enabled", "applied", "disabled"])


def other_desk(host):
    """Somebody else's repository with one patch, and the fingerprint of its root."""
    (host.folder / "other").mkdir()
    other = Desk(AUTHOR, host.folder / "other")
    other.init()
    other.sign("root1", "root2", "release")
    other.offer("other")
    return other, hashlib.sha256((other.repo / "1.root.json").read_bytes()).hexdigest()


def another_root_begins_anew(h):
    h.begin()
    other, digest = other_desk(h)
    h.run("config set", "repo", f"file://{other.repo}")
    h.run("refresh", status=9)  # an address is not what is trusted
    h.run("enable", "--repo", f"file://{other.repo}", "--root-fingerprint", digest)
    h.run("update")
    expect("other" in h.machine.lives(), True)


def a_fingerprint_is_what_trust_began_with(h):
    h.begin()
    trust = h.machine.path("var/lib/suture/trust")
    conf = h.machine.path("etc/suture/suture.conf")
    before, clock = conf.read_text(), (trust / "clock.json").stat().st_ino
    right = hashlib.sha256((h.desk.repo / "1.root.json").read_bytes()).hexdigest()
    words = ("enable", "--repo", f"file://{h.desk.repo}", "--root-fingerprint")
    # the same in other letters is the same
    expect(h.json(*words, right.upper())["changed"], False)
    expect((trust / "clock.json").stat().st_ino, clock)
    expect(conf.read_text(), before)
    says(h.run("config set", "root_fingerprint", "0" * 64, status=10), "suture enable")
    says(h.run("config unset", "root_fingerprint", status=10), "suture enable")
    # in the file by whatever way: nothing more is believed
    conf.write_text(before.replace(right, "0" * 64))
    says(h.machine.apply(status=9), "began with the root")
    says(h.run("status", status=9), "freshness   problem", "suture enable")
    # as a kill between the two steps leaves it: said again, it is repaired
    h.run(*words, "0" * 64)
    expect(trust.exists(), False)
    h.run(*words, right)
    h.run("update")
    h.run("status")


def a_store_that_an_older_version_began_is_begun_anew_as_well(h):
    h.begin()
    other, digest = other_desk(h)
    for store in ("suture", "suture-fetch"):
        (h.machine.path(f"var/lib/{store}/trust") / "begun").unlink()
    h.run("enable", "--repo", f"file://{other.repo}", "--root-fingerprint", digest)
    expect(h.machine.path("var/lib/suture/trust").exists(), False)
    h.run("update")
    expect("other" in h.machine.lives(), True)
    for store in ("suture", "suture-fetch"):
        expect((h.machine.path(f"var/lib/{store}/trust") / "begun").read_text(), digest + "\n")


def what_strangers_wrote_reaches_no_terminal_as_more_than_words(h):
    h.begin()
    wild = "gone\u001b[2J\u009b31m\u202egnihton"
    path = next(h.machine.path("var/lib/suture/patches").glob("*.life"))
    life = json.loads(path.read_text())
    path.write_text(json.dumps({**life, "state": "crashed-previously", "reason": wild, "name": "o\u009bne"}))
    h.machine.boot("second")
    with h.machine.path("var/lib/suture/history.jsonl").open("a") as history:
        history.write(json.dumps({"seq": 99, "time": 1, "event": "failed", "text": wild}) + "\n")
    h.machine.apply(status=6)
    texts = [h.run(command, *words, status=None) for command, *words in
             (("status",), ("status", "--verbose"), ("status", "--nagios"), ("list",), ("history",),
              ("show", life["sha256"]), ("cve",), ("update --dry-run",))]
    texts += [h.machine.path("run/suture/motd").read_text()]
    says("".join(texts), "gone?[2J?31m?gnihton")
    for text in texts:
        for letter in "\u001b\u009b\u202e":
            if letter in text:
                raise shop.Failed(f"{letter!r} is in: {text!r}")


def digits_are_a_level_or_an_id_and_never_both(h):
    h.begin()
    path = next(h.machine.path("var/lib/suture/patches").glob("*.life"))
    life = json.loads(path.read_text())
    digest = "0" * 63 + "1"  # all of it digits, and 1 as a number
    other = {**life, "module_sha256": digest, "name": "other", "module": "other", "level": 2,
             "state": "verified", "sha256": "0" * 63 + "2"}
    (path.parent / f"{other['sha256']}.life").write_text(json.dumps(other))
    says(h.run("show", "1"), "one, level 1")
    says(h.run("show", "level 2"), "other, level 2")
    says(h.run("show", digest), "other, level 2")
    expect(h.json("pin", digest)["pin"]["level"], 2)


def config_is_read_and_changed_by_key(h):
    h.machine.write("etc/suture/suture.conf", "# ours\nring = beta\n")
    expect(h.run("config get", "ring"), "beta\n")
    expect(h.json("config get", schema="config")["ring"]["given"], True)
    h.run("config set", "interval_minutes", "30")
    h.run("config set", "interval_minutes", "30", status=2)
    h.run("config set", "interval_minutes", "soon", status=1)
    # It mends the very line that nobody understands, and leaves a file with another such line alone.
    path = h.machine.path("etc/suture/suture.conf")
    good = path.read_text()
    for bad in ("mode = off\n", "mode = stop\nmode = normal\n"):
        path.write_text(good + bad)
        says(h.run("config set", "ring", "beta", status=1), "suture.conf: line")
        expect(path.read_text(), good + bad)
        h.run("config set", "mode", "no-apply")
        expect(path.read_text(), good + "mode = no-apply\n")
        path.write_text(good + bad)
        h.run("config unset", "mode")
        expect(path.read_text(), good)
    h.run("config set", "colour", "red", status=3)
    h.run("config unset", "ring")
    says(h.run("config get"), "interval_minutes = 30", "#ring =")
    says(h.machine.path("etc/suture/suture.conf").read_text(), "# ours")
    h.machine.write("etc/suture/suture.conf", "nonsense\n")
    says(h.run("config get", status=1), "line 1")
    expect(h.json("status", status=1)["freshness"]["state"], "unknown")


# Who may what

def an_ordinary_user_sees_what_can_be_read_and_changes_nothing(h):
    h.begin()
    for command in ("pin", "unpin", "refresh", "update", "rollback", "disable", "enable",
                    "config unset ring"):
        says(h.run(command, status=77, before=as_nobody, sysroot=False), "only root may")
    says(h.run("status", before=as_nobody), "protection  ok          level 1 (one)",
         "freshness   ok", "coverage    ok")
    for command in ("list", "history", "uname", "cve"):
        h.run(command, before=as_nobody)


def every_schema_is_a_schema_and_every_row_has_help(h):
    names = h.run("schema", sysroot=False).split()
    for name in names:
        jsonschema.Draft202012Validator.check_schema(json.loads(h.run("schema", name, sysroot=False)))
    h.run("schema", "nothing", sysroot=False, status=3)
    rows = h.run("--help", sysroot=False)
    for name in ("enable", "disable", "status", "refresh", "update", "list", "show", "cve", "uname",
                 "reboot-needed", "history", "rollback", "pin", "unpin", "block", "unblock", "retry", "config",
                 "doctor"):
        says(rows, f"\n  {name} ")
        says(h.run(name, "--help", sysroot=False), "Usage: suture " + name)


def a_command_whose_program_is_not_installed_names_its_package(h):
    said = h.run("diff", "a.o", "b.o", sysroot=False, status=3)
    if "suture-author, which is not installed here; it is in the package suture-dev" not in said:
        raise shop.Failed(said)


def commands_of(program, *words):
    """Each command of the program, with its help."""
    text = subprocess.run([program, *words, "--help"], text=True, capture_output=True, check=True,
                          timeout=PATIENCE).stdout
    if "\nCommands:\n" not in text:
        return [(words, text)]
    rows = text.partition("\nCommands:\n")[2].partition("\n\n")[0].splitlines()
    return [found for row in rows for found in commands_of(program, *words, row.split()[0])]


def every_command_that_prints_json_has_a_schema(h):
    names = set(h.run("schema", sysroot=False).split())
    seen = 0
    for program in (h.folder / "suture-host", AUTHOR, AUTHOR.with_name("suture-author")):
        for words, text in commands_of(program):
            if not re.search(r"^ +--json\b", text, re.M):
                continue
            seen += 1
            if not {"-".join(words), words[0]} & names:
                raise shop.Failed(f"'suture {' '.join(words)} --json' has no schema")
    if seen < 20:
        raise shop.Failed(f"only {seen} commands were found")


os.umask(0o022)
shop.in_memory()
TESTS = [value for name, value in list(globals().items())
         if callable(value) and getattr(value, "__code__", None) and
         value.__code__.co_varnames[:1] == ("h",) and value.__code__.co_argcount == 1]

failed = 0
for test in [t for t in TESTS if not sys.argv[6:] or t.__name__ in sys.argv[6:]]:
    with tempfile.TemporaryDirectory(prefix="suture-admin-") as folder:
        os.chmod(folder, 0o755)
        (pathlib.Path(folder) / "desk").mkdir()
        try:
            test(Host(pathlib.Path(folder)))
            print(f"ok    {test.__name__}", flush=True)
        except Exception as problem:  # every test is run
            failed += 1
            print(f"FAIL  {test.__name__}: {problem!s:.3000}", flush=True)
print(f"{len(TESTS) - failed} passed, {failed} failed")
sys.exit(failed != 0)
