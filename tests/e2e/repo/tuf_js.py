#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""tuf-js, a client that others wrote, accepts our repository and follows two rotations of the root;
and it refuses what was tampered with, so that accepting means something."""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

from shop import Server, Shop

VERSION = "5.0.1"
BUILD_ID = "5d1f" * 10
MODULES = pathlib.Path(sys.argv[2]).resolve()
CLIENT = pathlib.Path(__file__).with_name("client.cjs")


def install():
    """Into the build folder, once."""
    if not (MODULES / "node_modules/tuf-js/package.json").exists():
        MODULES.mkdir(parents=True, exist_ok=True)
        (MODULES / "package.json").write_text("{}")
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--no-package-lock",
                        f"tuf-js@{VERSION}"], cwd=MODULES, check=True, timeout=1200)


def client(url, folder, target):
    done = subprocess.run(["node", CLIENT, MODULES, url, folder, target], text=True,
                          capture_output=True, timeout=600)
    return done.returncode, done.stdout, done.stderr


def new_client(shop, name):
    folder = shop.folder / name
    (folder / "metadata").mkdir(parents=True)
    shutil.copy(shop.repo / "1.root.json", folder / "metadata/root.json")
    return folder


def accepted(shop, folder, target, root):
    with Server(shop.repo) as server:
        status, out, err = client(server.url, folder, target)
    assert status == 0, f"tuf-js refuses: {err}"
    assert json.loads(out)["root"] == root, out
    return (folder / "target").read_bytes()


def rotate(shop, old, new):
    """The root key `old` gives way to `new`; both sign, and the other root key too."""
    shop.key(new)
    keyid = json.loads(shop.run("key", "show", "--json", f"{old}.pub"))["keyid"]
    shop.run("repo", "key", "add", shop.repo, "root", f"{new}.pub")
    shop.run("repo", "key", "remove", shop.repo, "root", keyid)
    shop.sign(old, new, "root2")
    shop.publish()


def main():
    if not shutil.which("npm") or not shutil.which("node"):
        print("npm and node are not here")
        sys.exit(77)
    install()
    with tempfile.TemporaryDirectory() as folder:
        shop = Shop(pathlib.Path(sys.argv[1]).resolve(), folder)
        shop.init()
        # Quotes, backslashes, non-ASCII and control characters: what canonical JSON gets wrong.
        shop.run("repo", "add", shop.repo,
                 shop.module("first", BUILD_ID, title='a "quoted" \\ \n\t line \u00e9\u4e2d\U0001f600'),
                 "--ring", "stable")
        shop.sign("root1", "root2", "release")
        shop.publish()
        target = f"stable/{BUILD_ID}/1-first.ko"

        stays = new_client(shop, "stays")
        assert accepted(shop, stays, target, 1) == (shop.folder / "first.ko").read_bytes()

        rotate(shop, "root1", "root3")
        rotate(shop, "root3", "root4")
        shop.run("repo", "add", shop.repo, shop.module("second", BUILD_ID), "--ring", "stable",
                 "--rollout", "1%@0,100%@24h")
        shop.sign("release")
        shop.publish()
        shop.verify()
        target = f"stable/{BUILD_ID}/2-second.ko"
        for folder in (stays, new_client(shop, "new")):
            assert accepted(shop, folder, target, 3) == (shop.folder / "second.ko").read_bytes()

        # The same client notices a byte.
        blob = next((shop.repo / f"targets/stable/{BUILD_ID}").glob("*2-second.ko"))
        blob.write_bytes(blob.read_bytes().replace(b"second", b"Second"))
        with Server(shop.repo) as server:
            status, _, err = client(server.url, new_client(shop, "tampered"), target)
        assert status == 1 and "hash" in err, err
        assert "digest" in shop.verify(status=9)
    print("tuf-js accepts the repository, through two rotations of the root")


main()
