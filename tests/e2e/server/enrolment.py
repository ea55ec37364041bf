#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tokens, enrolment and check-ins: who gets in, who does not, and what an answer that was lost
costs."""
import json
import re
import sqlite3
import subprocess

from office import PATIENCE, SERVER, Failed, Tls, run_tests, status_document


def a_machine_enrols_checks_in_and_is_listed(office):
    with office.server() as server:
        token = office.token(ring="beta")
        answer = server.enrol(token, "machine-0001").json
        assert answer["ring"] == "beta" and answer["machine_id"] == "machine-0001"
        assert answer["token_id"] == token.split("_")[1]
        heard = server.checkin(answer["credential"]).json
        assert heard == {"interval": 3600, "ring": "beta", "pin": None}, heard
    machine = office.machines()["machine-0001"]
    assert machine["protection"] == "ok" and machine["release"] == "6.1.0-test"
    assert machine["level"] == 3 and machine["seen"]


def a_lost_answer_is_asked_for_again_at_no_cost(office):
    with office.server() as server:
        token = office.token("--uses", 1)
        lost = server.credential(token, "machine-0001")
        found = server.credential(token, "machine-0001")
        assert lost != found and office.used(token) == 1
        server.checkin(lost, status=401)  # it was replaced
        server.checkin(found)


def a_token_that_is_found_later_takes_over_nobody(office):
    with office.server() as server:
        token = office.token("--uses", 0)
        credential = server.credential(token, "machine-0001")
        server.checkin(credential)
        assert server.enrol(token, "machine-0001", status=409).code == "already-enrolled"
        other = server.credential(token, "machine-0002")
        refused = server.enrol(token, "machine-0001", credential=other, status=409)
        assert refused.code == "already-enrolled"
        server.checkin(credential)


def a_credential_is_renewed_without_a_moment_of_none(office):
    with office.server() as server:
        token = office.token()
        old = server.credential(token, "machine-0001")
        server.checkin(old)
        new = server.enrol(token, "machine-0001", credential=old).json["credential"]
        server.checkin(old)  # the answer may have been lost: the old one is still good
        server.checkin(new)
        server.checkin(old, status=401)  # now it is not
        assert office.used(token) == 1


def wrong_used_up_expired_and_revoked_tokens_are_told_apart(office):
    with office.server() as server:
        token = office.token()
        server.credential(token, "machine-0001")
        assert server.enrol(token, "machine-0002", status=403).code == "token-used-up"
        wrong = token[:-4] + ("beef" if token[-4:] != "beef" else "feed")
        assert server.enrol(wrong, "machine-0002", status=403).code == "token-unknown"
        assert server.enrol("hello", "machine-0002", status=403).code == "token-unknown"
        expired = office.token("--expires", "1h")
        with sqlite3.connect(office.database, timeout=PATIENCE) as database:
            database.execute("UPDATE token SET expires = 1000 WHERE id = ?", [expired.split("_")[1]])
        database.close()
        assert server.enrol(expired, "machine-0002", status=403).code == "token-expired"
        revoked = office.token()
        office.command("token", "revoke", revoked.split("_")[1])
        refused = server.enrol(revoked, "machine-0002", status=403)
        assert refused.code == "token-revoked" and refused.json["remedy"]
        office.command("token", "revoke", revoked.split("_")[1], status=2)
        office.command("token", "revoke", "nobody", status=3)
    assert list(office.machines()) == ["machine-0001"]


def a_revoked_machine_stays_out_until_it_is_forgotten(office):
    with office.server() as server:
        token = office.token("--uses", 0)
        credential = server.credential(token, "machine-0001")
        server.checkin(credential)
        office.command("machine", "revoke", "machine-0001")
        assert server.checkin(credential, status=401).code == "credential-unknown"
        refused = server.enrol(token, "machine-0001", credential=credential, status=403)
        assert refused.code == "machine-revoked"
        office.command("machine", "forget", "machine-0001")
        server.checkin(server.credential(token, "machine-0001"))
    office.command("machine", "revoke", "nobody-at-all", status=3)


def ring_and_pin_are_heard_at_the_next_check_in(office):
    with office.server("--interval", 60) as server:
        credential = server.credential(office.token(), "machine-0001")
        office.command("machine", "set", "machine-0001", "--ring", "edge", "--pin", 7)
        assert server.checkin(credential).json == {"interval": 60, "ring": "edge", "pin": 7}
        office.command("machine", "set", "machine-0001", "--pin", "none")
        assert server.checkin(credential).json["pin"] is None
    office.command("machine", "set", "machine-0001", "--ring", "gold", status=64)


def events_are_kept_and_bounded(office):
    with office.server() as server:
        credential = server.credential(office.token(), "machine-0001")
        event = {"event": "crashed", "time": 1795352400, "patch": "abc", "name": "one", "level": 3,
                 "text": "it went down\nin flames" + "." * 2000}

        def send(events, status=200):
            return server.ask("POST", "/api/v1/events", {"events": events}, credential=credential,
                              status=status)
        for first in (1, 1, 101, 201):  # the answer to the first was lost
            assert send([{**event, "seq": first + i} for i in range(100)]).json == {"accepted": 100}
        send([event] * 101, status=400)
        send([], status=400)
        send([{**event, "event": "Robert'); DROP TABLE event;--"}], status=400)
        send([{**event, "time": -1}], status=400)
        send([{**event, "seq": "first"}, 5], status=400)
    with sqlite3.connect(office.database) as database:
        rows = database.execute("SELECT seq, text FROM event ORDER BY number").fetchall()
    database.close()
    assert [row[0] for row in rows] == list(range(101, 301))
    assert rows[0][1].startswith("it went down?in flames.") and len(rows[0][1]) == 1000


def documents_that_are_no_status_are_refused(office):
    with office.server() as server:
        credential = server.credential(office.token(), "machine-0001")
        for wrong in ({"schema": 2}, {"time": "now"}, {"kernel": 5}, {"protection": {}},
                      {"protection": {"state": "splendid"}}, {"freshness": {"state": 7}},
                      {"kernel": {"build_id": "xyz"}}, {"kernel": {"release": "a" * 300}},
                      {"kernel": {"release": "a\nb"}}, {"protection": {"state": "ok", "level": -5}}):
            refused = server.checkin(credential, status_document(**wrong), status=400)
            assert refused.code == "malformed", refused.body
        for text in ("", "[]", "{", '{"schema": 1, "schema": 1}', "[" * 5000, "\0\1\2"):
            server.ask("POST", "/api/v1/checkin", text, credential=credential, status=400)
        for body in ({"token": 5, "machine_id": "machine-0002"}, {"token": "x"}, {},
                     {"token": "x", "machine_id": "../../etc"}, {"token": "x", "machine_id": "a" * 65}):
            server.ask("POST", "/api/v1/enrol", body, status=400)
    assert office.machines()["machine-0001"]["seen"] is None


def no_secret_is_written_anywhere(office):
    with office.server() as server:
        token = office.token()
        credential = server.credential(token, "machine-0001")
        server.checkin(credential)
        wrong = credential[:-4] + ("beef" if credential[-4:] != "beef" else "feed")
        assert wrong not in server.checkin(wrong, status=401).body.decode()
        secrets = [text.split("_")[2].encode() for text in (token, credential, wrong)]
        places = {p.name: p.read_bytes() for p in office.folder.glob("*") if p.is_file()}
        assert any(name.endswith("-wal") for name in places), places.keys()
        for name, contents in places.items():
            assert not any(secret in contents for secret in secrets), f"a secret is in {name}"
    log = office.log()
    assert re.search(r"enrolled machine=machine-0001 token=[0-9a-f]{12} ring=stable address=127", log)
    assert "reason=credential-unknown" in log
    assert (office.database.stat().st_mode & 0o777) == 0o600


def curl_enrols_over_tls_and_a_strangers_ca_is_not_trusted(office):
    tls = Tls(office.folder)
    with office.server(tls=tls) as server:
        body = json.dumps({"token": office.token(), "machine_id": "machine-0001"})

        def curl(*words, status=0):
            done = subprocess.run(["curl", "-sS", "--max-time", str(PATIENCE), *words], text=True,
                                  capture_output=True, input=body, env={"PATH": "/usr/bin:/bin"})
            if done.returncode != status:
                raise Failed(f"curl {words}: {done.returncode}: {done.stderr}")
            return done.stdout
        curl(f"{server.url}/healthz", status=60)
        answer = curl("--cacert", tls.ca, "--tlsv1.3", "--data", "@-", f"{server.url}/api/v1/enrol")
        assert json.loads(answer)["credential"].startswith("suc_")
        curl("--cacert", tls.ca, "--tls-max", "1.1", f"{server.url}/healthz", status=35)


def in_clear_only_on_loopback(office):
    for words, said in ((("--listen", "0.0.0.0:0"), "in clear"), (("--listen", "[::]:0"), "in clear"),
                        (("--cert", "/nowhere"), "together"), (("--listen", "5"), "in clear"),
                        (("--listen", "127.0.0.1:65536"), "from 0 to 65535"),
                        (("--set", "nonsense=1"), "no key"), (("--interval", "1"), "whole number")):
        status = 1 if "nonsense=1" in words else 64
        text = office.command("run", *words, status=status)
        assert said in text, text
    config = office.folder / "server.conf"
    config.write_text("# mine\ninterval = 90\n\n listen=127.0.0.1:0\nrubbish\n")
    assert "server.conf:5" in office.command("run", "--config", config, status=1)
    config.write_text("interval = 90\n")
    with office.server("--config", config) as server:
        credential = server.credential(office.token("--config", config), "machine-0001")
        assert server.checkin(credential).json["interval"] == 90


def a_wrong_place_is_no_empty_answer(office):
    for words in (("token", "list"), ("machine", "list"), ("machine", "revoke", "x"), ("token", "revoke", "x")):
        assert "no database" in office.command(*words, status=3)
    assert not office.database.exists()
    office.token()
    assert "no ring" in office.command("machine", "list", "--ring", "moon", status=64)
    assert office.command("machine", "list", "--ring", "beta").count("\n") == 1


def help_of_every_command_is_there(office):
    for words in ([], ["token"], ["machine"], ["run"], ["token", "new"], ["machine", "set"]):
        done = subprocess.run([SERVER, *words, "--help"], capture_output=True, text=True)
        assert done.returncode == 0 and "Usage:" in done.stdout, (words, done)


run_tests(a_machine_enrols_checks_in_and_is_listed,
          a_lost_answer_is_asked_for_again_at_no_cost,
          a_token_that_is_found_later_takes_over_nobody,
          a_credential_is_renewed_without_a_moment_of_none,
          wrong_used_up_expired_and_revoked_tokens_are_told_apart,
          a_revoked_machine_stays_out_until_it_is_forgotten,
          ring_and_pin_are_heard_at_the_next_check_in,
          events_are_kept_and_bounded,
          documents_that_are_no_status_are_refused,
          no_secret_is_written_anywhere,
          curl_enrols_over_tls_and_a_strangers_ca_is_not_trusted,
          in_clear_only_on_loopback,
          a_wrong_place_is_no_empty_answer, help_of_every_command_is_there)
