#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""suture enable against the real suture-server: each way in, each refusal in one clear line with its
exit status, and no secret in anything that is printed.

    enable.py SUTURE-SERVER SUTURE-AUTHOR SUTURE SUTURE-FETCH"""
import contextlib
import hashlib
import json
import os
import pathlib
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "server"), str(HERE.parent / "agent")]
from machine import Desk, Machine  # noqa: E402
from office import Office, PATIENCE, in_memory  # noqa: E402

AUTHOR, SUTURE, FETCH = (pathlib.Path(word).resolve() for word in sys.argv[2:5])
NO_PERMISSION, TEMPORARY, USAGE, POLICY = 77, 75, 64, 10


class Scene:
    def __init__(self, folder):
        self.folder = folder
        for name in ("office", "desk", "bin"):
            (folder / name).mkdir()
        self.office = Office(folder / "office")
        self.desk = Desk(AUTHOR, folder / "desk")
        self.machine = Machine(FETCH, "none", folder / "machine")
        for name, program in (("suture", SUTURE), ("suture-host", SUTURE.with_name("suture-host")),
                              ("suture-fetch", FETCH)):
            shutil.copy(program, folder / "bin" / name)
        self.desk.init()
        self.desk.sign("root1", "root2", "release")
        self.desk.offer("one")
        shutil.rmtree(self.office.repo)
        shutil.copytree(self.desk.repo, self.office.repo)
        self.root = hashlib.sha256((self.desk.repo / "1.root.json").read_bytes()).hexdigest()

    def enable(self, *words, status=0, stdin=None):
        done = subprocess.run(
            [self.folder / "bin/suture", "enable", *map(str, words), "--root-fingerprint", self.root,
             "--sysroot", self.machine.root], input=stdin, text=True, capture_output=True,
            timeout=PATIENCE)
        text = done.stdout + done.stderr
        assert done.returncode == status, f"status {done.returncode}, not {status}: {text}"
        assert "suc_" not in text, text
        for token in (str(word) for word in words if str(word).startswith("sut_")):
            assert token.rsplit("_", 1)[1] not in text, text
        if status:
            assert len(done.stderr.splitlines()) == 1, f"more than one line: {text}"
        return text

    def report(self, *words, status):
        """As suture-checkin.service does it: nobody asks."""
        return self.machine.run(FETCH, "--check-in", *words, status=status)

    def edit_last(self, **values):
        self.machine.write("var/lib/suture-fetch/last.json",
                           json.dumps({**self.machine.last(), **values}))

    def credential(self):
        path = self.machine.path("etc/suture/credential")
        return json.loads(path.read_text()) if path.exists() else None


def a_good_token_enrols_and_says_so(s):
    token = s.office.token()
    with s.office.server() as server:
        text = s.enable(token, "--server", server.url)
        assert f"token {token.split('_')[1]} is good" in text and "enabled" in text, text
        assert s.credential()["machine_id"] in text, text
        assert s.credential()["machine_id"] in s.office.machines(), s.office.machines()
        mode = s.machine.path("etc/suture/credential").stat().st_mode & 0o777
        assert mode in (0o640, 0o600), oct(mode)  # 0600 where there is no group suture-fetch
        s.machine.fetch()  # the repository behind the server, and a check-in
        assert s.machine.last()["outcome"] == "ok", s.machine.last()


def enabling_again_is_fine_before_and_after_the_first_check_in(s):
    token = s.office.token()
    with s.office.server() as server:
        s.enable(token, "--server", server.url)
        assert "already enabled" in s.enable(token, "--server", server.url)
        s.machine.fetch()
        assert "already enabled" in s.enable(token, "--server", server.url)
        assert len(s.office.machines()) == 1 and s.office.used(token) == 1
        s.machine.fetch("--check-in")


def a_token_comes_from_a_file_or_standard_input(s):
    token = s.office.token()
    (s.folder / "token").write_text(token + "\n")
    with s.office.server() as server:
        s.enable("--token-file", s.folder / "token", "--server", server.url)
        first = s.credential()
        s.enable("-", "--server", server.url, stdin=token + "\n")
        assert s.credential()["machine_id"] == first["machine_id"]
        assert "no token" in s.enable("-", "--server", server.url, stdin="", status=USAGE)


def refusal(s, server, token, *words):
    text = s.enable(token, "--server", server.url, status=NO_PERMISSION)
    for word in words:
        assert word in text, f"'{word}' is not in: {text}"
    assert s.credential() is None
    assert not s.machine.path("etc/suture/suture.conf").exists()


def a_wrong_token_is_refused(s):
    token = s.office.token()
    with s.office.server() as server:
        refusal(s, server, token[:-4] + ("0000" if token[-4:] != "0000" else "1111"),
                "does not know this token")
        refusal(s, server, "sut_" + "0" * 12 + "_" + "0" * 64, "does not know this token")
        s.enable("sut_oops", "--server", server.url, status=USAGE)


def a_revoked_token_is_refused(s):
    token = s.office.token()
    s.office.command("token", "revoke", token.split("_")[1])
    with s.office.server() as server:
        refusal(s, server, token, "this token was revoked", "ask the server's administrator")


def a_used_up_token_is_refused(s):
    token = s.office.token()
    with s.office.server() as server:
        server.enrol(token, "another-machine")
        refusal(s, server, token, "for as many machines as it is for")


def an_expired_token_is_refused(s):
    token = s.office.token()
    expire(s.office.database)
    with s.office.server() as server:
        refusal(s, server, token, "this token has expired")


def expire(database):
    """The server's clock cannot be set from here; the token's end can."""
    with sqlite3.connect(database) as base:
        assert base.execute("UPDATE token SET expires = 1").rowcount == 1
    base.close()


def an_unreachable_server_is_temporary_and_leaves_nothing(s):
    token = s.office.token()
    text = s.enable(token, "--server", "http://127.0.0.1:1", status=TEMPORARY)
    assert "127.0.0.1" in text, text
    assert not s.machine.path("etc/suture/suture.conf").exists()


def a_token_is_not_sent_without_tls_to_another_machine(s):
    text = s.enable(s.office.token(), "--server", "http://192.0.2.1", status=POLICY)
    assert "TLS" in text, text


def rights_of_the_asking_one(parent):
    """Of the last descendant of `parent`: user, capabilities, no_new_privs."""
    children = {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            words = stat.read_text().rpartition(")")[2].split()
            children.setdefault(int(words[1]), []).append(int(stat.parent.name))
    while parent in children:
        assert len(children[parent]) == 1, children[parent]
        parent = children[parent][0]
    status = pathlib.Path(f"/proc/{parent}/status").read_text()
    return dict(line.split(":", 1) for line in status.splitlines())


def owner_of_connection(port, to):
    """Whose socket it is that goes from this port to that one (proc(5), /proc/net/tcp). The port alone
    may be in use more than once, also by connections that ended a moment ago and are nobody's."""
    for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
        words = line.split()
        if [int(end.partition(":")[2], 16) for end in words[1:3]] == [port, to]:
            return int(words[7])
    raise AssertionError(f"nobody has a connection from port {port} to {to}")


def check_rights(rights, user):
    assert set(rights["Uid"].split()) == {str(user)}, rights["Uid"]
    for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        assert int(rights[name], 16) == 0, f"{name} is {rights[name]}"
    assert rights["NoNewPrivs"].strip() == "1"


def who_talks_to_the_network_has_no_rights(s):
    user = os.getuid()
    folder = s.machine.path("var/lib/suture-fetch")
    folder.mkdir(parents=True, exist_ok=True)
    if user == 0:
        user = 65534
        os.chown(folder, user, user)
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        stranger.settimeout(PATIENCE)
        url = f"http://127.0.0.1:{stranger.getsockname()[1]}"
        asked = [s.folder / "bin/suture", "enable", s.office.token(), "--server", url,
                 "--root-fingerprint", s.root, "--sysroot", s.machine.root]
        s.machine.configure(repo=url, root_fingerprint=s.root)
        for words in (asked, [FETCH, "--once", "--now", "--root", s.machine.root]):
            with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                  text=True) as running:
                connection, (_, port) = stranger.accept()
                try:
                    assert owner_of_connection(port, stranger.getsockname()[1]) == user
                    check_rights(rights_of_the_asking_one(running.pid), user)
                finally:
                    running.terminate()  # first: it must not ask once more
                    connection.close()
                    running.communicate(timeout=PATIENCE)
    assert s.credential() is None


def without_rights_there_is_nothing_to_give_up(s):
    """As under suture-fetch.service, whose filter of system calls knows no capset()."""
    folder = s.machine.path("var/lib/suture-fetch")
    folder.mkdir(parents=True, exist_ok=True)
    if os.getuid() == 0:
        os.chown(folder, 65534, 65534)
    s.machine.configure(repo="http://127.0.0.1:9", root_fingerprint=s.root)
    done = subprocess.run(["/usr/bin/setpriv", "--inh-caps=-all", "/usr/bin/strace", "-f", "-o", "/dev/null", "-e", "trace=capset",
                           "-e", "inject=capset:error=EPERM", FETCH, "--once", "--now", "--root",
                           s.machine.root], stderr=subprocess.PIPE, text=True, timeout=PATIENCE)
    assert done.returncode == 75, f"status {done.returncode}: {done.stderr}"


def what_the_fetcher_s_user_cannot_write_root_writes(s):
    token = s.office.token()
    folder = s.machine.path("var/lib/suture-fetch")
    folder.mkdir(parents=True, exist_ok=True)
    if os.getuid() == 0:
        os.chown(folder, 65534, 65534)
    with s.office.server() as server:
        s.enable(token, "--server", server.url)
        assert s.machine.path("etc/suture/credential").stat().st_uid == os.getuid()
        assert "already enabled" in s.enable(token, "--server", server.url)


def a_failed_change_of_server_leaves_the_machine_as_it_was(s):
    token = s.office.token()
    with s.office.server() as server:
        s.enable(token, "--server", server.url)
        before = (s.machine.path("etc/suture/suture.conf").read_text(), s.credential())
        s.enable(token, "--server", "http://127.0.0.1:1", status=TEMPORARY)
        assert before == (s.machine.path("etc/suture/suture.conf").read_text(), s.credential())


def a_machine_that_knows_many_patches_checks_in(s):
    cves = [f"CVE-2026-{n:05}" for n in range(650)]
    patches = [{"sha256": f"{n:064x}", "name": f"level-{n}", "state": "replaced", "level": n,
                "cves": cves} for n in range(1, 33)]
    with s.office.server() as server:
        s.enable(s.office.token(), "--server", server.url)
        s.machine.write("run/suture/status.json", json.dumps({
            "schema": 1, "time": 1, "boot_id": "first", "kernel": {"release": "6.1.0-test"},
            "protection": {"state": "ok", "level": 32, "patch": patches[-1]["sha256"],
                           "cves": cves}, "debt": cves * 3, "patches": patches}))
        assert s.machine.path("run/suture/status.json").stat().st_size > 256 << 10
        s.machine.fetch("--check-in")
        assert s.machine.last()["checkin"] is None, s.machine.last()


def after_too_many_reports_the_next_one_waits_as_long_as_the_server_asks(s):
    with s.office.server(machine_rate=1, interval=604800) as server:
        s.enable(s.office.token(), "--server", server.url)
        for _ in range(100):
            done = subprocess.run([FETCH, "--check-in", "--root", s.machine.root], capture_output=True)
            if done.returncode:
                break
        last = s.machine.last()
        assert done.returncode == TEMPORARY and "429" in last["checkin"], (done, last)
        wait = last["checkin_next"] - time.time()
        assert 0 < wait <= 3600 * 1.25 + 1, last  # an hour, and up to a quarter more
    # Nobody is there any more: whoever asked would be told so, and not to wait.
    assert "no report before" in s.report(status=2)
    assert s.machine.last() == last
    with s.office.server() as server:
        s.machine.configure(repo=f"{server.url}/repo", server=server.url, root_fingerprint=s.root)
        s.edit_last(next=0)
        s.machine.run(FETCH, "--once")  # patches come all the same
        assert s.machine.last()["outcome"] == "ok" and "429" in s.machine.last()["checkin"]
        s.edit_last(checkin_next=int(time.time()))  # the hour is over
        s.report(status=0)
        last = s.machine.last()
        assert (last["checkin"], last["checkin_next"]) == (None, 0), last


def a_person_s_report_does_not_wait_and_no_clock_makes_it_wait_for_ever(s):
    with s.office.server() as server:
        s.enable(s.office.token(), "--server", server.url)
        s.report(status=0)
        s.edit_last(checkin_next=int(time.time()) + 3600)
        s.report(status=2)
        s.report("--now", status=0)
        s.edit_last(checkin_next=int(time.time()) + (1 << 40))
        s.report(status=0)


def a_server_that_cannot_now_is_left_alone_for_a_while(s):
    with s.office.server(lock_wait=10) as server:
        s.enable(s.office.token(), "--server", server.url)
        with contextlib.closing(sqlite3.connect(s.office.database, isolation_level=None)) as base:
            base.execute("BEGIN IMMEDIATE")
            s.report(status=TEMPORARY)
            last = s.machine.last()
            assert "503" in last["checkin"] and last["checkin_next"] > 0, last
        s.edit_last(checkin_next=int(time.time()) + 3600)  # however long this machine takes for a test
        assert "no report before" in s.report(status=2)
        s.edit_last(checkin_next=0)
        s.report(status=0)


TESTS = [value for value in list(globals().values())
         if getattr(value, "__code__", None) and value.__code__.co_varnames[:1] == ("s",) and
         value.__code__.co_argcount == 1 and not isinstance(value, type)]

failed = 0
os.umask(0o022)  # the programs are run by the fetcher's user as well
in_memory()
for test in TESTS:
    with tempfile.TemporaryDirectory(prefix="suture-enable-") as place:
        os.chmod(place, 0o755)
        try:
            test(Scene(pathlib.Path(place)))
            print(f"ok    {test.__name__}", flush=True)
        except Exception as problem:  # every test is run
            failed += 1
            print(f"FAIL  {test.__name__}: {problem!r:.2000}", flush=True)
print(f"{len(TESTS) - failed} passed, {failed} failed")
sys.exit(failed != 0)
