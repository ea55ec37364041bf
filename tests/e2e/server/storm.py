#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What happens to the database when things go wrong: locked by somebody, disk full, kill -9 in the
middle, two servers at once. Afterwards it is consistent, and whoever was told yes is in it."""
import contextlib
import http.client
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading

from office import PATIENCE, at_once, run_tests, status_document


def integrity(office):
    with sqlite3.connect(office.database, timeout=PATIENCE) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        counts = database.execute("SELECT (SELECT sum(used) FROM token), (SELECT count(*) FROM machine)")
        used, machines = counts.fetchone()
    database.close()
    assert used == machines, f"{used} uses, {machines} machines"
    return machines


def check_ins_while_the_database_is_locked(office):
    with office.server(lock_wait=200) as server:
        token = office.token("--uses", 0)
        credentials = [server.credential(token, f"machine-{i:04}") for i in range(20)]
        locker = sqlite3.connect(office.database, timeout=PATIENCE, isolation_level=None)
        locker.execute("BEGIN IMMEDIATE")
        refused = at_once(20, lambda i: server.checkin(credentials[i], status=503))
        assert all(a.code == "not-now" and int(a.headers["Retry-After"]) for a in refused)
        server.ask("GET", "/healthz", status=503)
        server.ask("GET", "/repo/timestamp.json", status=200)  # needs no database
        locker.execute("COMMIT")
        locker.close()
        at_once(20, lambda i: server.checkin(credentials[i]))
        server.ask("GET", "/healthz", status=200)
    assert "somebody else is writing" in office.log()
    assert all(m["seen"] for m in office.machines().values())


def many_check_in_at_once(office):
    with office.server() as server:
        token = office.token("--uses", 0)
        credentials = at_once(40, lambda i: server.credential(token, f"machine-{i:04}"))
        for _ in range(3):
            at_once(40, lambda i: server.checkin(credentials[i]))
    assert integrity(office) == 40


def killed_in_the_middle_of_enrolments(office):
    """Each machine asks until it has an answer, over five deaths of the server."""
    token = office.token("--uses", 400)
    stop, answered, lock = threading.Event(), {}, threading.Lock()
    place = {"server": None}

    def enrol_for_ever(first):
        number = first
        while not stop.is_set():
            name, server = f"machine-{number:06}", place["server"]
            if not server:  # whoever has its port now is not asked
                stop.wait(0.01)
                continue
            try:
                credential = server.credential(token, name)
            except (OSError, http.client.HTTPException):
                stop.wait(0.01)  # asked again: the answer was lost, or nobody is there
                continue
            with lock:
                answered[name] = credential
            number += 8
    threads = [threading.Thread(target=enrol_for_ever, args=(i,)) for i in range(8)]
    for round_ in range(1, 6):
        with office.server() as server:
            place["server"] = server
            if round_ == 1:
                for thread in threads:
                    thread.start()
            while len(answered) < round_ * 25 and any(t.is_alive() for t in threads):
                stop.wait(0.01)
            server.process.kill()
            place["server"] = None
            server.kill()
    stop.set()
    for thread in threads:
        thread.join()
    machines = integrity(office)
    assert machines >= len(answered) >= 125, (machines, len(answered))
    with office.server(address_rate=0) as server:
        for name, credential in answered.items():
            server.checkin(credential)
        # Who was killed before the answer asks again, and is the same machine.
        for name in set(office.machines()) - set(answered):
            server.checkin(server.credential(token, name))
    assert integrity(office) == machines


def two_servers_on_one_database(office):
    # How long one waits for the other depends on the disk; that it waits is what is tried.
    settings = {"refusals_rate": 0, "lock_wait": 60000}
    with office.server(**settings) as one, office.server(**settings) as other:
        token = office.token("--uses", 20)

        def enrol(i):
            return (one, other)[i % 2].enrol(token, f"machine-{i:04}", status=None)
        answers = at_once(40, enrol)
        in_, out = [a for a in answers if a.status == 200], [a for a in answers if a.status == 403]
        assert len(in_) == 20 and len(out) == 20, [a.status for a in answers]
        credentials = [a.json["credential"] for a in in_]
        at_once(20, lambda i: (other, one)[i % 2].checkin(credentials[i]))
        # The same machine at both at the same moment: one row, one use.
        token = office.token("--uses", 1)
        twice = at_once(2, lambda i: (one, other)[i].credential(token, "machine-both"))
        good = [c for c in twice if one.checkin(c, status=None).status == 200]
        assert len(good) == 1 and office.used(token) == 1
    assert integrity(office) == 21


def in_a_namespace_of_our_own():
    """So that a small file system can be mounted, and goes with us."""
    if "STORM_INSIDE" not in os.environ:
        os.environ["STORM_INSIDE"] = "1"
        rights = [] if os.geteuid() == 0 else ["--map-root-user"]
        os.execvp("unshare", ["unshare", "--mount", *rights, sys.executable, *sys.argv])


def the_disk_is_full(office):
    small = office.folder / "small"
    small.mkdir()
    office.database = small / "fleet.db"
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", small], check=True)
    try:
        fill_the_disk(office, small / "filler")
    finally:
        subprocess.run(["umount", small], check=True)
    assert "the disk is full" in office.log()


def fill_the_disk(office, path):
    large = status_document(padding="a" * (200 << 10))
    with office.server() as server:
        token = office.token("--uses", 0)
        first = server.credential(token, "machine-0001")
        server.checkin(first)
        with open(path, "wb", buffering=0) as filler:
            try:
                while filler.write(b"a" * 4096):
                    pass
            except OSError:
                pass
            assert server.checkin(first, large, status=503).code == "not-now"
            server.ask("GET", "/repo/timestamp.json", status=200)
            filler.truncate(0)
        server.checkin(first, large)
        server.checkin(server.credential(token, "machine-0002"))
        assert integrity(office) == 2


def sigterm_lets_requests_end(office):
    with office.server(lock_wait=1000) as server:
        credential = server.credential(office.token(), "machine-0001")
        locker = sqlite3.connect(office.database, timeout=PATIENCE, isolation_level=None)
        locker.execute("BEGIN IMMEDIATE")
        with contextlib.closing(server.connection()) as connection:
            body = json.dumps(status_document()).encode()
            connection.putrequest("POST", "/api/v1/checkin")
            for name, value in (("Authorization", f"Bearer {credential}"), ("Expect", "100-continue"),
                                ("Content-Length", str(len(body)))):
                connection.putheader(name, value)
            connection.endheaders()
            begun = b""
            while not begun.endswith(b"\r\n\r\n"):  # the request is under way now
                part = connection.sock.recv(1000)
                assert part, begun
                begun += part
            assert begun.startswith(b"HTTP/1.1 100 "), begun
            server.process.send_signal(signal.SIGTERM)
            connection.send(body)
            locker.execute("COMMIT")
            status = connection.getresponse().status
        assert status in (200, 503), status  # an answer, whatever came first
    locker.close()
    assert office.log().rstrip().endswith("stopped")


def a_database_that_root_makes_is_its_folders_owners(office):
    home = office.folder / "home"
    home.mkdir()
    if os.geteuid() == 0:
        os.chown(home, 65534, 65534)
    office.database = home / "fleet.db"
    office.token()
    for file in home.iterdir():
        assert file.stat().st_uid == home.stat().st_uid, file
        assert file.stat().st_mode & 0o077 == 0, file


def a_foreign_or_damaged_database_is_refused(office):
    office.database.write_bytes(b"this is no database" * 100)
    assert "no database" in office.command("token", "list", status=1)
    office.database.unlink()
    with sqlite3.connect(office.database) as database:
        database.execute("PRAGMA user_version = 77")
        database.execute("CREATE TABLE mine (a)")
    database.close()
    assert "something else" in office.command("token", "list", status=1)
    with sqlite3.connect(office.database) as database:
        assert database.execute("SELECT name FROM sqlite_master").fetchall() == [("mine",)]
    database.close()


in_a_namespace_of_our_own()
run_tests(check_ins_while_the_database_is_locked,
          many_check_in_at_once,
          killed_in_the_middle_of_enrolments,
          two_servers_on_one_database,
          the_disk_is_full,
          sigterm_lets_requests_end,
          a_database_that_root_makes_is_its_folders_owners,
          a_foreign_or_damaged_database_is_refused)
