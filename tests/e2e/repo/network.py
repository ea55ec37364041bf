#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Repositories on servers that are slow, endless, cut off, gone, or send somewhere else. Each is
refused within its time, and a mirror stays as it was."""
import http.server
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

from shop import Quiet, Server, Shop

SUTURE = pathlib.Path(sys.argv[1]).resolve()
BUILD_ID = "5d1f" * 10


class Hostile(Quiet):
    """Serves the repository, but treats the file named in `victim` by the function `trick`."""
    victim, trick = "timestamp.json", None
    stop = threading.Event()

    def do_GET(self):
        if self.path.endswith(self.victim) and self.trick:
            try:
                type(self).trick(self)
            except (BrokenPipeError, ConnectionResetError):
                pass
        else:
            super().do_GET()


def hostile(trick, victim="timestamp.json"):
    return type("Hostile", (Hostile,), {"trick": trick, "victim": victim, "stop": threading.Event(),
                                  "asked": threading.Event()})


def endless(request):
    request.send_response(200)
    request.end_headers()
    while not request.stop.is_set():
        request.wfile.write(b" " * 65536)


def huge_length(request):
    request.send_response(200)
    request.send_header("Content-Length", str(1 << 50))
    request.end_headers()
    request.wfile.write(b" " * 65536)
    request.stop.wait(1200)


def dripping(request):
    request.send_response(200)
    request.send_header("Content-Length", "400")
    request.end_headers()
    while not request.stop.wait(0.2):
        request.wfile.write(b" ")
        request.wfile.flush()


def dripping_header(request):
    request.wfile.write(b"HTTP/1.0 200 OK\r\n")
    while not request.stop.wait(0.2):
        request.wfile.write(b"X-Padding: 1\r\n")
        request.wfile.flush()


def silent(request):
    request.asked.set()
    request.stop.wait(1200)


def cut_off(request):
    request.send_response(200)
    request.send_header("Content-Length", "1000")
    request.end_headers()
    request.wfile.write(b"{\"signed\":")


def to_a_file(request):
    request.send_response(302)
    request.send_header("Location", "file:///etc/hostname")
    request.end_headers()


def round_in_a_circle(request):
    request.send_response(302)
    request.send_header("Location", "/timestamp.json")
    request.end_headers()


def not_now(request):
    request.send_response(503)
    request.send_header("Retry-After", "120")
    request.end_headers()


def strangers_not_welcome(request):
    request.send_response(401)
    request.end_headers()


def gone(request):
    request.send_response(404)
    request.end_headers()
    request.wfile.write(b"not here")


def rubbish(request):
    request.wfile.write(b"\0\1\2\3")


# trick, file, exit status, words
TRICKS = [
    (endless, "timestamp.json", 9, "larger than the limit"),
    (endless, "1.snapshot.json", 9, "larger than the limit"),
    (endless, "1-one.ko", 9, "larger than the limit"),
    (endless, "2.root.json", 9, "larger than the limit"),
    (huge_length, "timestamp.json", 9, "larger than the limit"),
    (dripping, "timestamp.json", 75, "timed out"),
    (dripping_header, "timestamp.json", 75, "timed out"),
    (silent, "timestamp.json", 75, "timed out"),
    (cut_off, "timestamp.json", 75, "cannot fetch"),
    (to_a_file, "timestamp.json", 75, "cannot fetch"),
    (round_in_a_circle, "timestamp.json", 75, "redirect"),
    (not_now, "timestamp.json", 75, "503"),
    (not_now, "2.root.json", 75, "503"),
    (strangers_not_welcome, "timestamp.json", 77, "401"),
    (gone, "timestamp.json", 3, "404"),
    (gone, "1.edge.json", 75, "404"),
    (rubbish, "timestamp.json", 75, "cannot fetch"),
]


def contents(folder):
    return sorted((str(p), p.read_bytes()) for p in folder.rglob("*")
                  if p.is_file() and ".mirror" not in p.parts)


def try_trick(shop, trick, victim, status, words):
    handler = hostile(trick, victim)
    mirror = shop.folder / "mirror"
    before = contents(mirror)
    patience = "3" if words == "timed out" else "60"
    with Server(shop.repo, handler) as server:
        said = shop.run("repo", "mirror", "--timeout", patience, server.url, mirror, status=status)
        fresh = shop.run("repo", "verify", "--timeout", patience, server.url, status=status)
        handler.stop.set()
    assert words in said and words in fresh, f"'{words}' is not in: {said}{fresh}"
    assert contents(mirror) == before


def nobody_listens(shop):
    with socket.socket() as taken:  # so that nobody else gets the port
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        said = shop.run("repo", "verify", f"http://127.0.0.1:{port}", status=75)
    assert "cannot fetch" in said, said


def a_good_server_is_mirrored(shop):
    with Server(shop.repo) as server:
        shop.run("repo", "mirror", server.url + "/", shop.folder / "good")
        shop.run("repo", "bundle", server.url, "-o", "bundle")
    shop.run("repo", "verify", shop.folder / "good")
    shop.run("repo", "verify", "bundle")


def an_unknown_certificate_is_not_trusted(shop):
    certificate, key = shop.folder / "tls.crt", shop.folder / "tls.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                    "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-out", certificate,
                    "-keyout", key], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = Server(shop.repo)
    server.server.socket = context.wrap_socket(server.server.socket, server_side=True)
    with server:
        url = server.url.replace("http:", "https:")
        said = shop.run("repo", "verify", url, status=75)
        assert "certificate is not trusted" in said, said
        shop.run("repo", "verify", "--ca", certificate, url)


def ctrl_c_ends_a_silent_server(shop):
    handler = hostile(silent)
    with Server(shop.repo, handler) as server:
        running = subprocess.Popen([SUTURE, "repo", "verify", server.url], cwd=shop.folder,
                                   stderr=subprocess.PIPE, text=True)
        assert handler.asked.wait(600), "it never asked"
        running.terminate()
        said = running.communicate(timeout=600)[1]  # the server is silent for longer
        handler.stop.set()
    assert running.returncode == 130 and "interrupted" in said, (running.returncode, said)


def main():
    with tempfile.TemporaryDirectory() as folder:
        shop = Shop(SUTURE, folder)
        shop.init()
        shop.run("repo", "add", shop.repo, shop.module("one", BUILD_ID))
        shop.sign("root1", "root2", "release")
        shop.publish()
        # A mirror that has nothing yet: everything has to be fetched.
        (shop.folder / "mirror").mkdir()
        for trick in TRICKS:
            try_trick(shop, *trick)
            print(f"ok   {trick[0].__name__.replace('_', ' ')} {trick[1]}")
        for test in (nobody_listens, a_good_server_is_mirrored,
                     an_unknown_certificate_is_not_trusted, ctrl_c_ends_a_silent_server):
            test(shop)
            print(f"ok   {test.__name__.replace('_', ' ')}")


main()
