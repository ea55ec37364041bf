#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Requests that no honest client sends: endless, dripping, oversized, too many, out of the folder."""
import contextlib
import http.client
import os
import pathlib
import socket
import ssl
import time

from office import PATIENCE, Tls, run_tests, status_document

BEARER = "Authorization: Bearer suc_" + "0" * 12 + "_" + "0" * 64


def closed_by_the_server(connection):
    """Reads until the end; True if it comes."""
    try:
        while connection.recv(65536):
            pass
    except (ConnectionResetError, BrokenPipeError, ssl.SSLError):
        pass
    return True


def drip(connection, text):
    """A byte now and then, without end, until the server has enough."""
    connection.settimeout(0.2)
    for _ in range(1000):
        for byte in text:
            try:
                connection.sendall(bytes([byte]))
                if connection.recv(65536) == b"":
                    return
            except TimeoutError:
                continue
            except OSError:
                return
    raise AssertionError("the server listened to the very end")


def dripping_requests_are_ended(office):
    with office.server(seconds=1) as server:
        for head in (b"GET /healthz HTTP/1.1\r\nX-Slow: " + b"a" * 1000,
                     f"POST /api/v1/checkin HTTP/1.1\r\nHost: a\r\n{BEARER}\r\n"
                     "Content-Length: 100000\r\n\r\n".encode()):
            with server.connect() as connection:
                if head.startswith(b"POST"):
                    connection.settimeout(0.2)
                    with contextlib.suppress(OSError):  # the second may be over
                        connection.sendall(head)
                drip(connection, head)
        still_serves(server)


def within_a_second(work):
    """work() with a server that ends whoever takes more than a second: until it was fast enough."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return work()
        except (OSError, http.client.HTTPException):
            assert time.monotonic() < end, "the server serves nobody"


def still_serves(server):
    within_a_second(lambda: server.ask("GET", "/healthz", status=200))


def silent_connections_are_ended(office):
    tls = Tls(office.folder)

    def shake_hands():
        with server.connect() as half:
            return tls.context().wrap_socket(half, server_hostname="127.0.0.1")

    with office.server(tls=tls, seconds=1) as server, server.connect() as silent:
        assert closed_by_the_server(silent)
        with within_a_second(shake_hands) as connection:
            assert closed_by_the_server(connection)
        still_serves(server)


def oversized_requests_are_refused(office):
    with office.server() as server:
        token = office.token()
        credential = server.credential(token, "machine-0001")
        large = status_document(padding="a" * (257 << 10))
        assert server.checkin(credential, large, status=413).code == "too-large"
        server.checkin(credential, status_document(padding="a" * (200 << 10)))
        assert server.ask("POST", "/api/v1/enrol", "a" * 20000, status=413).code == "too-large"
        assert server.ask("POST", "/healthz", "a", status=405).code == "method"
        # Without a length, in pieces.
        connection = server.connection()
        connection.request("POST", "/api/v1/enrol", (b"a" * 4096 for _ in range(16)),
                           encode_chunked=True)
        assert connection.getresponse().status == 413
        connection.close()


def a_claimed_petabyte_and_endless_pieces_are_cut(office):
    with office.server() as server:
        with server.connect() as connection:
            connection.sendall(b"POST /api/v1/enrol HTTP/1.1\r\nHost: a\r\n"
                               b"Content-Length: 1000000000000000\r\n\r\n")
            assert connection.recv(100).startswith(b"HTTP/1.1 413")
        with server.connect() as connection:
            connection.sendall(b"POST /api/v1/enrol HTTP/1.1\r\nHost: a\r\n"
                               b"Transfer-Encoding: chunked\r\n\r\n")
            piece = b"10000\r\n" + b"a" * 65536 + b"\r\n"
            try:
                for _ in range(10000):
                    connection.sendall(piece)
                raise AssertionError("600 MB were read")
            except (BrokenPipeError, ConnectionResetError):
                pass
        server.ask("GET", "/healthz", status=200)


def large_headers_and_rubbish_are_refused(office):
    with office.server() as server:
        assert server.ask("GET", "/" + "a" * 60000).status in (400, 414, 431)
        assert server.ask("GET", "/healthz", headers={"X": "a" * 60000}).status in (400, 413, 431)
        assert server.ask("GET", "/healthz", headers={f"X-{i}": "a" * 100
                                                      for i in range(90)}).status in (200, 431)
        for rubbish in (b"\0" * 1000, b"GET\r\n\r\n", b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03" * 50,
                        b"POST /api/v1/enrol HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
                        b"POST /api/v1/enrol HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
                        b"POST /api/v1/enrol HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n"):
            with server.connect() as connection:
                with contextlib.suppress(OSError):  # it may be cut off already
                    connection.sendall(rubbish)
                    connection.shutdown(socket.SHUT_WR)
                assert closed_by_the_server(connection)
        server.ask("GET", "/healthz", status=200)


def nothing_is_written_without_a_credential(office):
    with office.server() as server:
        for path in ("/api/v1/checkin", "/api/v1/events"):
            for headers in ({}, {"Authorization": "Bearer hello"}, {"Authorization": "Basic YTpi"},
                            {"Authorization": "Bearer sut_" + "0" * 12 + "_" + "0" * 64}):
                answer = server.ask("POST", path, status_document(), headers=headers, status=401)
                assert answer.code == "credential-missing" and answer.headers["WWW-Authenticate"]
            answer = server.ask("POST", path, status_document() if path.endswith("n") else
                                {"events": [{"event": "a", "time": 1}]}, status=401,
                                credential=BEARER.rsplit(" ", 1)[1])
            assert answer.code == "credential-unknown"
        for method in ("PUT", "DELETE", "PATCH", "POST"):
            server.ask(method, "/repo/timestamp.json", "x", status=405)
        for method in ("GET", "PUT", "DELETE"):
            server.ask(method, "/api/v1/enrol", status=405)
        for path in ("/", "/api", "/api/v1/", "/repo", "/favicon.ico", "/api/v1/checkin/"):
            server.ask("GET", path, status=404)
    assert not office.machines() and (office.repo / "timestamp.json").read_text() == '{"signed": 1}'


def no_path_leads_out_of_the_repository(office):
    (office.folder / "secret.json").write_text("secret")
    (office.repo / ".draft").mkdir()
    (office.repo / ".draft/root.json").write_text("secret")
    (office.repo / "out.json").symlink_to(office.folder / "secret.json")
    (office.repo / "targets/up").symlink_to("../..")
    (office.repo / "targets/here.json").symlink_to("../timestamp.json")
    (office.repo / "proc").symlink_to("/proc/self")
    os.mkfifo(office.repo / "fifo")
    with office.server() as server:
        for path in ("../secret.json", "%2e%2e/secret.json", "..%2fsecret.json",
                     "targets/../../secret.json", "targets/%2e%2e/%2e%2e/secret.json",
                     ".draft/root.json", "%2edraft/root.json", "out.json", "targets/up/secret.json",
                     "proc/environ", "fifo", "", "targets", "targets/", "/etc/passwd", "%00", "%",
                     str(office.folder / "secret.json"), "targets//etc/passwd", "a" * 2000,
                     "timestamp.json/", "./timestamp.json", "timestamp.json%00.ko/../x"):
            with server.connect() as connection:
                connection.sendall(f"GET /repo/{path} HTTP/1.1\r\nHost: a\r\n"
                                   "Connection: close\r\n\r\n".encode())
                answer = b""
                while part := connection.recv(65536):
                    answer += part
            assert b" 404 " in answer.split(b"\r\n")[0], (path, answer[:200])
            assert b"secret" not in answer.split(b"\r\n\r\n", 1)[1], path
        server.ask("GET", "/repo/targets/here.json", status=200)


def guessing_is_slowed_down(office):
    with office.server(refusals_rate=1) as server:
        token = office.token()
        codes = [server.enrol("sut_" + f"{i:012x}_" + "0" * 64, "machine-0001", status=None)
                 for i in range(40)]
        assert codes[0].status == 403 and codes[-1].status == 429, [c.status for c in codes]
        assert codes[-1].code == "too-many" and 1 <= int(codes[-1].headers["Retry-After"]) <= 3600
        # from the same address: the right one is let in, as others may sit behind it
        credential = server.credential(token, "machine-0001")
        server.checkin(credential)
        server.checkin("suc_" + "0" * 12 + "_" + "0" * 64, status=429)
        server.ask("GET", "/repo/timestamp.json", status=200)
    with office.server(address_rate=1) as server:
        answers = [server.ask("GET", "/healthz") for _ in range(40)]
        assert answers[0].status == 200 and any(a.status == 429 for a in answers)


def one_machine_cannot_fill_the_database(office):
    with office.server(machine_rate=1) as server:
        credential = server.credential(office.token(), "machine-0001")
        codes = [server.checkin(credential, status=None).status for _ in range(60)]
        assert codes[0] == 200 and codes[-1] == 429


def connections_of_one_address_are_limited(office):
    with office.server(address_connections=5, seconds=60) as server:
        idle = [server.connect() for _ in range(5)]
        with server.connect() as one_more:
            assert closed_by_the_server(one_more)
        for connection in idle:
            connection.close()
        for _ in range(1000):  # until the server has noticed
            try:
                if server.ask("GET", "/healthz").status == 200:
                    return
            except OSError:
                continue
        raise AssertionError("no connection was let in again")


def metrics_are_for_the_local_machine(office):
    with office.server() as server:
        server.ask("GET", "/repo/none", status=404)
        # It is counted once it is over, and that is after the answer was sent.
        wanted = ['suture_server_requests_total{route="repository"} 1\n',
                  'suture_server_refusals_total{code="not-found"} 1\n']
        end = time.monotonic() + PATIENCE
        while True:
            text = server.ask("GET", "/metrics", status=200).body.decode()
            if all(line in text for line in wanted):
                return
            assert time.monotonic() < end, text
            time.sleep(0.05)


def a_proxy_is_nobody_of_this_machine(office):
    wrong = "suc_" + "0" * 12 + "_" + "0" * 64

    def metrics(server, status, **headers):
        server.ask("GET", "/metrics", headers={k.replace("_", "-"): v for k, v in headers.items()},
                   status=status)

    with office.server() as server:
        metrics(server, 200)
        metrics(server, 403, X_Forwarded_For="127.0.0.1")
        metrics(server, 403, Via="1.1 proxy")
    with office.server(trusted_proxy="127.0.0.1", refusals_rate=1) as server:
        metrics(server, 403)  # it says for nobody
        metrics(server, 403, X_Forwarded_For="127.0.0.1, 192.0.2.1")  # the client made up the first
        metrics(server, 403, X_Forwarded_For="127.0.0.1, unknown")
        metrics(server, 200, X_Forwarded_For="192.0.2.1, 127.0.0.1")

        def ask(address):
            return server.ask("POST", "/api/v1/checkin", {"schema": 1, "time": 1}, credential=wrong,
                              headers={"X-Forwarded-For": address}).status

        assert [ask("192.0.2.1") for _ in range(25)][-1] == 429
        assert ask("192.0.2.2") == 401  # each for itself
        assert ask("2001:db8::1") == 401
    assert "address=192.0.2.1" in office.log() and "address=2001:db8::1" in office.log()


def only_what_stands_in_the_source_listens(office):
    """One listening socket, on loopback."""
    with office.server() as server:
        table = pathlib.Path(f"/proc/{server.process.pid}/net/tcp").read_text().splitlines()[1:]
        mine = [row.split()[1] for row in table
                if row.split()[3] == "0A" and row.split()[1].endswith(f":{server.port:04X}")]
        assert mine == [f"0100007F:{server.port:04X}"], mine


run_tests(dripping_requests_are_ended,
          silent_connections_are_ended,
          oversized_requests_are_refused,
          a_claimed_petabyte_and_endless_pieces_are_cut,
          large_headers_and_rubbish_are_refused,
          nothing_is_written_without_a_credential,
          no_path_leads_out_of_the_repository,
          guessing_is_slowed_down,
          one_machine_cannot_fill_the_database,
          connections_of_one_address_are_limited,
          metrics_are_for_the_local_machine,
          a_proxy_is_nobody_of_this_machine,
          only_what_stands_in_the_source_listens)
