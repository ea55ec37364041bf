#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine in trouble: broken records, a dead network, users in the way, another root. What 'suture
status' says is what is so.

    trouble.py SUTURE-AUTHOR SUTURE-FETCH AGENT-IN-FOLDER SUTURE"""
import hashlib
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading

from machine import Desk, Machine, shop

AUTHOR, FETCH, AGENT, SUTURE = (pathlib.Path(word).resolve() for word in sys.argv[1:5])
PATIENCE = 300


class Scene:
    """A repository with one patch, served, and a machine that trusts it."""

    def __init__(self, folder):
        self.folder = folder
        for name in ("desk", "machine", "bin"):
            (folder / name).mkdir()
        for name, program in (("suture", SUTURE), ("suture-host", SUTURE.with_name("suture-host")),
                              ("suture-fetch", FETCH), ("suture-agent", AGENT)):
            shutil.copy(program, folder / "bin" / name)
        self.desk = Desk(AUTHOR, folder / "desk")
        self.machine = Machine(FETCH, AGENT, folder / "machine")
        self.desk.init()
        self.desk.sign("root1", "root2", "release")
        self.desk.offer("one", cves=["CVE-2026-0001"])
        self.root = hashlib.sha256((self.desk.repo / "1.root.json").read_bytes()).hexdigest()

    def update(self):
        self.machine.fetch()
        self.machine.apply()

    def suture(self, *words, status=0):
        done = subprocess.run([self.folder / "bin/suture", *map(str, words), "--sysroot",
                               self.machine.root], text=True, capture_output=True, timeout=PATIENCE)
        expect(done.returncode, status, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def life(self):
        return next(self.machine.path("var/lib/suture/patches").glob("*.life"))


def expect(found, wanted, why=""):
    if found != wanted:
        raise shop.Failed(f"found {found!r}, wanted {wanted!r} {why}")


def has(text, *words):
    for word in words:
        if word not in text:
            raise shop.Failed(f"{word!r} is not in {text!r}")


def what_nothing_works_with_is_no_ok(s):
    s.update()
    conf = s.machine.path("etc/suture/suture.conf")
    policy = s.machine.path("var/lib/suture/policy.json")
    for path, words in ((conf, "line"), (s.life(), "move it away"), (policy, "move it away")):
        before = path.read_text() if path.exists() else None
        path.write_text("garbage\n" + (before or ""))
        s.machine.apply(status=1)
        text = s.suture("status", status=1)
        has(text, "BROKEN", path.name, words)
        has(s.suture("status", "--nagios", status=2), "SUTURE CRITICAL", path.name)
        has(json.loads(s.suture("status", "--json", status=1))["broken"], path.name)
        has(s.machine.path("run/suture/suture.prom").read_text(), "suture_agent_broken 1")
        has(s.machine.path("run/suture/motd").read_text(), "BROKEN")
        path.unlink() if before is None else path.write_text(before)
        has(s.suture("status", status=1), "the agent's last run failed")
        s.machine.apply()
        s.suture("status")


def enabled_and_never_checked_is_no_ok(s):
    s.suture("status", "--nagios", status=1)
    has(s.suture("status", status=8), "nothing was verified yet")


def the_same_old_files_are_no_answer(s):
    s.update()
    clock, last = "var/lib/suture/trust/clock.json", "var/lib/suture-fetch/last.json"
    then = 1_700_000_000

    def write(name, **values):
        s.machine.write(name, json.dumps({**s.machine.json(name), **values}))

    def checked():
        s.machine.apply()
        shown = json.loads(s.suture("status", "--json"))["freshness"]["checked"]
        expect(s.machine.status()["freshness"]["checked"], shown)
        has(s.machine.path("run/suture/suture.prom").read_text(), f"suture_checked_seconds {shown}\n")
        return shown

    write(clock, heard="2023-11-14T22:13:20Z")
    write(last, succeeded=then, tried=then)
    expect(checked(), then)  # nobody asked since
    real = s.machine.last()["version"]
    write(last, succeeded=then + 1000)
    expect(checked(), then + 1000)  # the server confirmed it
    write(last, version=real + 1)
    expect(checked(), then)  # another answer than the agent has
    write(last, version=real, succeeded=then * 2)
    expect(checked(), then)  # a time to come
    s.machine.trust(s.desk.repo, "http://127.0.0.1:1")
    s.machine.fetch(status=75)
    expect(checked(), then)  # a dead network
    s.desk.offer("two", cves=["CVE-2026-0001"])
    s.machine.trust(s.desk.repo, s.server.url)
    s.update()
    if checked() <= then + 1000:
        raise shop.Failed("a new answer was not heard")


def nobody_else_stops_them(s):
    s.machine.fetch(before=["/bin/sh", "-c", 'umask 000; exec "$0" "$@"'])
    s.machine.apply(before=["/bin/sh", "-c", 'umask 000; exec "$0" "$@"'])
    s.suture("pin", "7")
    for name in ("suture-fetch/fetch.lock", "suture/agent.lock", "suture/change.lock"):
        expect(s.machine.path("var/lib/" + name).stat().st_mode & 0o777, 0o600, name)
    if os.geteuid() == 0:
        s.folder.chmod(0o755)
        for path in s.machine.path("var/lib").rglob("*.lock"):
            done = subprocess.run(["/usr/bin/setpriv", "--reuid=65534", "--clear-groups",
                                   "/usr/bin/flock", "--nonblock", path, "/bin/true"],
                                  capture_output=True, text=True)
            has(done.stderr, "Permission denied")
    for path in s.machine.path("var/lib").rglob("*"):
        expect(oct(path.stat().st_mode & 0o022), "0o0", path)


def no_change_is_lost(s):
    s.update()
    for _ in range(3):
        running = [subprocess.Popen([s.folder / "bin/suture", *words, "--sysroot", s.machine.root],
                                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
                   for n in range(10) for words in
                   (["block", f"{n:063x}f"], ["config", "set", *(
                       ["mode", "no-apply"], ["ring", "beta"], ["apply", "manual"],
                       ["window", "01:00-02:00"], ["interval_minutes", "7"],
                       ["probation_minutes", "8"], ["transition_seconds", "9"],
                       ["timeout_seconds", "10"], ["speed_limit_kib", "11"],
                       ["ca_file", "/ca"])[n]])]
        running.append(subprocess.Popen([s.folder / "bin/suture", "pin", "5", "--sysroot",
                                         s.machine.root], stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True))
        for one in running:
            text = one.communicate(timeout=PATIENCE)[0]
            expect(one.returncode, 0, text)
        policy = s.machine.json("var/lib/suture/policy.json")
        expect(sorted(policy["blocked"]), [f"{n:063x}f" for n in range(10)])
        expect(policy["pin"]["level"], 5)
        conf = s.machine.path("etc/suture/suture.conf").read_text()
        expect(len(conf.splitlines()), 12, conf)
        s.machine.path("var/lib/suture/policy.json").unlink()
        s.machine.trust(s.desk.repo, s.server.url)


class Clerk(http.server.BaseHTTPRequestHandler):
    """Takes nothing, and writes down who came."""
    seen = []

    def do_POST(self):
        self.seen.append((self.server.server_address[1], self.path, dict(self.headers)))
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps({"error": "the request is larger than its limit", "code": "too-large",
                           "remedy": ""}).encode()
        self.send_response(413)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *ignored):
        pass


def a_credential_goes_to_no_proxy_in_clear(s):
    ours, proxy = (http.server.ThreadingHTTPServer(("127.0.0.1", 0), Clerk) for _ in range(2))
    for one in (ours, proxy):
        threading.Thread(target=one.serve_forever, daemon=True).start()
    url, proxy_url = (f"http://127.0.0.1:{one.server_address[1]}" for one in (ours, proxy))
    try:
        s.machine.trust(s.desk.repo, s.server.url, server=url, proxy=proxy_url)
        s.machine.write("etc/suture/credential", json.dumps(
            {"machine_id": "0123456789abcdef", "credential": "suc_" + "0" * 12 + "_" + "1" * 64}))
        s.machine.path("etc/suture/credential").chmod(0o600)
        s.machine.fetch("--check-in", status=75)
        s.machine.fetch("--check-in", status=75, env={"http_proxy": proxy_url})
    finally:
        for one in (ours, proxy):
            one.shutdown()
            one.server_close()
    expect({port for port, _, _ in Clerk.seen}, {ours.server_address[1]})
    expect(s.machine.last()["checkin"].endswith("larger than its limit"), True,
           s.machine.last()["checkin"])


def a_time_to_come_is_said(s):
    s.update()
    last = "var/lib/suture-fetch/last.json"
    for moment in (2 ** 63 - 1, -2 ** 63):
        s.machine.write(last, json.dumps({**s.machine.json(last), "tried": moment}))
        lines = [line for line in s.suture("status", "--verbose").splitlines()
                 if line.startswith("fetcher")]
        expect(len(lines), 1)
        expect(str(moment)[-6:] in lines[0] or " -" in lines[0], False, lines)


def a_patch_that_names_no_cve_was_verified_all_the_same(s):
    has(s.suture("cve"), "was verified yet")
    s.desk.offer("two")
    s.desk.run("repo", "revoke", s.desk.repo, "one", "--reason", "for the test")
    s.desk.release()
    s.update()
    life = s.machine.lives()["two"]
    for path in s.machine.path("var/lib/suture/patches").glob("*.life"):
        if path.stem != life["sha256"]:
            path.unlink()
    has(s.suture("cve"), "name none")


def main():
    tests = [f for name, f in globals().items()
             if callable(f) and getattr(f, "__module__", "") == "__main__" and
             getattr(f, "__code__", None) and f.__code__.co_varnames[:1] == ("s",)]
    shop.in_memory()
    for test in tests:
        if sys.argv[5:] and test.__name__ not in sys.argv[5:]:
            continue
        with tempfile.TemporaryDirectory(prefix="suture-trouble-") as folder:
            scene = Scene(pathlib.Path(folder))
            with shop.Server(scene.desk.repo) as server:
                scene.server = server
                scene.machine.trust(scene.desk.repo, server.url)
                test(scene)
        print("ok", test.__name__.replace("_", " "), flush=True)


if __name__ == "__main__":
    main()
