#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The static repository: curl's conditional requests and ranges, and our own client, which mirrors
and verifies a signed repository over TLS."""
import hashlib
import os
import pathlib
import subprocess
import sys

from office import PATIENCE, Office, Tls, run_tests

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "repo"))
from shop import Shop  # noqa: E402

SUTURE = pathlib.Path(sys.argv[2]).resolve()


def curl(*words):
    done = subprocess.run(["curl", "-sS", "--max-time", str(PATIENCE), *map(str, words)], check=True,
                          capture_output=True, env={"PATH": "/usr/bin:/bin"})
    return done.stdout


def what_has_not_changed_is_not_sent(office):
    file = office.repo / "timestamp.json"
    with office.server() as server:
        url, tag, copy = f"{server.url}/repo/timestamp.json", office.folder / "tag", office.folder / "a"
        ask = ["--etag-save", tag, "--etag-compare", tag, "-o", copy, "-w", "%{http_code}", url]
        assert curl(*ask) == b"200" and copy.read_bytes() == file.read_bytes()
        assert curl(*ask) == b"304"
        assert curl("-z", file, "-o", copy, "-w", "%{http_code}", url) == b"304"
        new = office.repo / ".new"
        new.write_text('{"signed": 2}')
        os.rename(new, file)
        assert curl(*ask) == b"200" and copy.read_bytes() == file.read_bytes()
        assert "no-cache" in server.ask("GET", "/repo/timestamp.json").headers["Cache-Control"]
        assert server.ask("GET", "/repo/timestamp.json", status=304,
                          headers={"If-None-Match": '"other", ' + tag.read_text().strip()}).body == b""


def a_broken_off_download_goes_on(office):
    contents = os.urandom(300000)
    target = office.repo / "targets/abc.one.ko"
    target.write_bytes(contents)
    part = office.folder / "part"
    part.write_bytes(contents[:100000])
    with office.server() as server:
        url = f"{server.url}/repo/targets/abc.one.ko"
        assert curl("-C", "-", "-o", part, "-w", "%{http_code}", url) == b"206"
        assert part.read_bytes() == contents
        assert "immutable" in server.ask("GET", "/repo/targets/abc.one.ko").headers["Cache-Control"]
        for range_, status, body in (("bytes=0-0", 206, contents[:1]), ("bytes=-5", 206, contents[-5:]),
                                     ("bytes=299990-999999", 206, contents[-10:]),
                                     ("bytes=-400000", 206, contents),
                                     ("bytes=300000-", 416, None), ("bytes=-0", 416, None),
                                     ("bytes=5-1", 200, contents), ("lines=1-2", 200, contents),
                                     ("bytes=0-1,5-6", 200, contents), ("bytes=-", 200, contents),
                                     ("bytes=99999999999999999999-", 200, contents)):
            answer = server.ask("GET", "/repo/targets/abc.one.ko", headers={"Range": range_})
            assert answer.status == status, (range_, answer.status)
            assert body is None or answer.body == body, range_
        other = {"Range": "bytes=0-0", "If-Range": '"another"'}
        assert server.ask("GET", "/repo/targets/abc.one.ko", headers=other).body == contents
        assert server.ask("HEAD", "/repo/targets/abc.one.ko").headers["Content-Length"] == "300000"


def files_of_all_sizes_arrive_whole(office):
    sizes = [0, 1, 16383, 16384, 16385, 1 << 20, 5 << 20]
    tls = Tls(office.folder)
    for size in sizes:
        (office.repo / f"targets/{size}.ko").write_bytes(os.urandom(size))
    for given in (None, tls):
        with office.server(tls=given) as server:
            for size in sizes:
                got = server.ask("GET", f"/repo/targets/{size}.ko", status=200).body
                want = (office.repo / f"targets/{size}.ko").read_bytes()
                assert hashlib.sha256(got).digest() == hashlib.sha256(want).digest(), size


def our_own_client_mirrors_and_verifies(office):
    shop = Shop(SUTURE, office.folder)
    shop.repo = office.folder / "signed"
    shop.init()
    shop.run("repo", "add", shop.repo, shop.module("one", "5d1f" * 10))
    shop.sign("root1", "root2", "release")
    shop.publish()
    office.repo = shop.repo
    tls = Tls(office.folder)
    with office.server(tls=tls) as server:
        url = f"{server.url}/repo/"
        shop.run("repo", "verify", "--ca", tls.ca, url)
        shop.run("repo", "mirror", "--ca", tls.ca, url, office.folder / "mirror")
        said = shop.run("repo", "verify", url, status=75)
        assert "certificate is not trusted" in said, said
    shop.run("repo", "verify", office.folder / "mirror")


def without_a_repository_none_is_served(office):
    office.repo = ""
    with office.server() as server:
        server.ask("GET", "/repo/timestamp.json", status=404)
    office.repo = office.folder / "nowhere"
    assert "cannot open the repository" in Office.command(
        office, "run", "--repo", office.repo, "--listen", "127.0.0.1:0", status=3)


run_tests(what_has_not_changed_is_not_sent,
          a_broken_off_download_goes_on,
          files_of_all_sizes_arrive_whole,
          our_own_client_mirrors_and_verifies,
          without_a_repository_none_is_served)
