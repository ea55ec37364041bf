#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The fetcher on a bad day: nobody there, busy, endless, slow, cut off, sent somewhere else, over a proxy,
with an own CA; and where the secret goes. What is in force stays in force, and last.json says how it
was."""
import http.server
import json
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

from machine import Desk, Machine, shop

SUTURE, FETCH, AGENT = (pathlib.Path(word).resolve() for word in sys.argv[1:4])


class Scene:
    """Level 1 is in force; level 2 is published."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "desk").mkdir()
        self.desk = Desk(SUTURE, folder / "desk")
        self.desk.init()
        self.desk.sign("root1", "root2", "release")
        self.desk.offer("one")
        self.machine = Machine(FETCH, AGENT, folder / "machine")
        with shop.Server(self.desk.repo) as server:
            self.trust(server)
            self.machine.fetch()
        self.machine.apply()
        self.desk.offer("two")

    def trust(self, web, **more):
        self.machine.trust(self.desk.repo, web.url, **more)

    def still_on_one(self, outcome, words):
        last = self.machine.last()
        self.machine.apply()
        expect(self.machine.loaded(), ["suture_one"])
        expect(last["outcome"], outcome)
        if words not in last["message"]:
            raise shop.Failed(f"'{last['message']}' does not say '{words}'")
        return last

    def arrives(self):
        self.machine.fetch()
        self.machine.apply()
        expect(self.machine.loaded(), ["suture_two"])


def expect(found, wanted):
    if found != wanted:
        raise shop.Failed(f"found {found!r}, wanted {wanted!r}")


def handler(trick, victim="timestamp.json"):
    class Hostile(shop.Quiet):
        stop = threading.Event()

        def do_GET(self):
            if not self.path.endswith(victim):
                return super().do_GET()
            try:
                trick(self)
            except (BrokenPipeError, ConnectionResetError):
                pass
    return Hostile


def nobody_there_is_tried_again_later_and_later(s):
    waits = []
    with socket.socket() as taken:  # so that nobody else gets the port; nobody listens
        taken.bind(("127.0.0.1", 0))
        s.machine.trust(s.desk.repo, f"http://127.0.0.1:{taken.getsockname()[1]}")
        for failures in (1, 2, 3):
            s.machine.fetch(status=75)
            last = s.still_on_one("temporary", "root.json")
            expect(last["failures"], failures)
            waits.append(last["next"] - last["tried"])
    for wait, least in zip(waits, (60, 120, 240)):
        if not least <= wait <= least * 5 // 4:
            raise shop.Failed(f"waits {waits}")
    s.machine.run(s.machine.fetcher, "--once", status=2)


def retry_after_is_kept_to(s):
    def busy(request):
        request.send_response(503)
        request.send_header("Retry-After", "7200")
        request.end_headers()

    with shop.Server(s.desk.repo, handler(busy)) as server:
        s.trust(server)
        s.machine.fetch(status=75)
    last = s.still_on_one("temporary", "status 503")
    if last["next"] - last["tried"] < 7200:
        raise shop.Failed(last)


def an_endless_answer_ends_at_its_limit(s):
    def endless(request):
        request.send_response(200)
        request.end_headers()
        while not request.stop.is_set():
            request.wfile.write(b" " * 65536)

    with shop.Server(s.desk.repo, handler(endless)) as server:
        s.trust(server)
        s.machine.fetch(status=9)
    s.still_on_one("verification-failed", "larger than the limit")


def a_dripping_answer_ends_in_its_time(s):
    asked = []

    def dripping(request):
        asked.append(request.path)
        request.send_response(200)
        request.send_header("Content-Length", "400")
        request.end_headers()
        while not request.stop.wait(0.2):
            request.wfile.write(b" ")

    hostile = handler(dripping)
    with shop.Server(s.desk.repo, hostile) as server:
        patience = 1
        while not asked:  # before that the machine itself was too slow for so little time
            patience *= 2
            s.trust(server, timeout_seconds=patience)
            s.machine.fetch(status=75)
        hostile.stop.set()
    s.still_on_one("temporary", "timestamp.json")


def a_module_that_is_cut_off_is_fetched_again(s):
    def cut(request):
        request.send_response(200)
        request.send_header("Content-Length", "5000")
        request.end_headers()
        request.wfile.write(b"half")
        request.connection.close()

    with shop.Server(s.desk.repo, handler(cut, "two.ko")) as server:
        s.trust(server)
        s.machine.fetch(status=75)
    s.still_on_one("temporary", "two.ko")
    with shop.Server(s.desk.repo) as server:
        s.trust(server)
        s.arrives()


def other_bytes_do_not_arrive(s):
    def other(request):
        request.send_response(200)
        request.end_headers()
        request.wfile.write(b"bad")

    with shop.Server(s.desk.repo, handler(other, "two.ko")) as server:
        s.trust(server)
        s.machine.fetch(status=9)
    s.still_on_one("verification-failed", "two.ko")
    if any("two.ko" in name for name in s.machine.incoming()):
        raise shop.Failed(s.machine.incoming())


def a_login_page_in_the_place_of_everything_is_refused(s):
    def page(request):
        request.send_response(200)
        request.send_header("Content-Type", "text/html")
        request.end_headers()
        request.wfile.write(b"<html>Please log in")

    class Portal(shop.Quiet):
        do_GET = page

    with shop.Server(s.desk.repo, Portal) as server:
        s.trust(server)
        s.machine.fetch(status=9)
    s.still_on_one("verification-failed", "root.json")
    with shop.Server(s.desk.repo) as server:
        s.trust(server)
        s.arrives()  # and the page that stood as a root is gone


def a_proxy_is_used(s):
    seen = []

    class Proxy(shop.Quiet):
        def do_GET(self):
            seen.append(self.path)
            self.path = "/" + self.path.split("/", 3)[3]
            super().do_GET()

    with shop.Server(s.desk.repo, Proxy) as proxy:
        s.machine.trust(s.desk.repo, "http://patches.example.org", proxy=proxy.url)
        s.arrives()
    if not all(path.startswith("http://patches.example.org/") for path in seen):
        raise shop.Failed(seen)


def an_own_ca_is_trusted_and_no_other(s):
    certificate, key = s.folder / "server.pem", s.folder / "server.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-out", certificate, "-keyout", key],
                   check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = shop.Server(s.desk.repo)
    server.server.socket = context.wrap_socket(server.server.socket, server_side=True)
    server.url = server.url.replace("http:", "https:")
    with server:
        s.trust(server)
        s.machine.fetch(status=75)
        s.still_on_one("temporary", "certificate is not trusted")
        s.trust(server, ca_file=certificate)
        s.arrives()


class Desk_of_the_server(http.server.BaseHTTPRequestHandler):
    """Takes check-ins as suture-server would, and remembers what was said."""
    answer, heard, status = {}, [], 200

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append((self.path, self.headers.get("Authorization"), json.loads(body)))
        reply = json.dumps(self.answer).encode()
        self.send_response(self.status)
        if self.status == 302:
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, *words):
        pass


def talk(s, answer, status=200, **config):
    """A credential, a server, one fetch. What the server heard."""
    s.machine.write("etc/suture/credential",
                    json.dumps({"machine_id": "abc", "credential": "s3cret-s3cret"}))
    s.machine.path("etc/suture/credential").chmod(0o640)
    kind = type("Heard", (Desk_of_the_server,), {"answer": answer, "heard": [], "status": status})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), kind)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with shop.Server(s.desk.repo) as repo:
        s.trust(repo, server=f"http://127.0.0.1:{server.server_address[1]}", **config)
        out = s.machine.fetch()
    server.shutdown()
    server.server_close()
    for path in s.machine.path("var/lib/suture-fetch").rglob("*"):
        if path.is_file() and b"s3cret" in path.read_bytes():
            raise shop.Failed(f"the secret stands in {path}")
    if "s3cret" in out:
        raise shop.Failed(out)
    return kind.heard


def a_check_in_tells_the_status_and_hears_the_ring(s):
    heard = talk(s, {"interval": 600, "ring": "beta", "pin": 1})
    expect([h[0] for h in heard], ["/api/v1/checkin", "/api/v1/events"])
    expect({h[1] for h in heard}, {"Bearer s3cret-s3cret"})
    expect(heard[0][2]["protection"]["level"], 1)
    expect([e["event"] for e in heard[1][2]["events"]], ["applied"])
    advice = s.machine.json("var/lib/suture-fetch/advice.json")
    expect((advice["ring"], advice["pin"], advice["interval"]), ("beta", 1, 600))
    s.machine.apply()
    expect(s.machine.status()["ring"], "beta")
    again = talk(s, {})
    expect([h[0] for h in again], ["/api/v1/checkin"])  # no event twice


def a_pin_of_the_server_holds_back(s):
    talk(s, {"pin": 1})
    if "the server holds it back" not in s.machine.apply(status=10):
        raise shop.Failed(s.machine.status())
    expect(s.machine.loaded(), ["suture_one"])
    talk(s, {"pin": None})
    s.machine.apply()
    expect(s.machine.loaded(), ["suture_two"])


def a_pin_of_the_server_takes_nothing_off(s):
    talk(s, {"pin": None})
    s.machine.apply()
    expect(s.machine.loaded(), ["suture_two"])
    for pin in (0, 1):
        s.machine.write("var/lib/suture-fetch/advice.json", json.dumps({"pin": pin}))
        s.machine.apply()
        expect(s.machine.loaded(), ["suture_two"])


def a_server_that_fails_keeps_no_patch_away(s):
    talk(s, {"error": "out of\norder"}, status=500)
    last = s.machine.last()
    expect(last["outcome"], "ok")
    if "status 500" not in last["checkin"]:
        raise shop.Failed(last)
    s.machine.apply()
    expect(s.machine.loaded(), ["suture_two"])


def a_secret_is_not_sent_where_the_server_points(s):
    heard = talk(s, {}, status=302)
    expect([h[0] for h in heard], ["/api/v1/checkin"])
    if "302" not in s.machine.last()["checkin"]:
        raise shop.Failed(s.machine.last())


def a_secret_is_not_sent_in_the_clear(s):
    s.machine.write("etc/suture/credential",
                    json.dumps({"machine_id": "abc", "credential": "s3cret-s3cret"}))
    s.machine.path("etc/suture/credential").chmod(0o640)
    with shop.Server(s.desk.repo) as repo:
        s.trust(repo, server="http://localhost.example.org:9")
        s.machine.fetch()
    if "not sent without TLS" not in s.machine.last()["checkin"]:
        raise shop.Failed(s.machine.last())


def a_bundle_needs_no_network(s):
    s.desk.run("repo", "bundle", s.desk.repo, "-o", "all.bundle")
    s.machine.trust(s.desk.repo, "http://127.0.0.1:1")
    s.machine.fetch("--bundle", s.desk.folder / "all.bundle")
    s.machine.apply()
    expect(s.machine.loaded(), ["suture_two"])


def an_emptied_incoming_folder_fills_again(s):
    import shutil
    shutil.rmtree(s.machine.path("var/lib/suture-fetch/incoming"))
    shutil.rmtree(s.machine.path("var/lib/suture/trust"))
    with shop.Server(s.desk.repo) as server:
        s.trust(server)
        s.arrives()


def main():
    tests = [f for name, f in globals().items() if callable(f) and
             getattr(f, "__module__", "") == "__main__" and not isinstance(f, type) and
             name not in ("main", "expect", "handler", "talk")]
    shop.in_memory()
    for test in tests:
        if sys.argv[4:] and test.__name__ not in sys.argv[4:]:
            continue
        with tempfile.TemporaryDirectory() as folder:
            start = time.monotonic()
            test(Scene(pathlib.Path(folder)))
        print(f"ok {time.monotonic() - start:4.1f} s {test.__name__.replace('_', ' ')}", flush=True)


if __name__ == "__main__":
    main()
