#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Keys that never leave their token: metadata and a module are signed through OpenSSL's PKCS#11
provider by SoftHSM. Skipped where these are not installed (Debian 12 has no package of the
provider); PKCS11_PROVIDER names its file if it is not in OpenSSL's folder."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from shop import Shop

BUILD_ID = "5d1f" * 10
TOKEN = "pkcs11:token=test;object="


def find(*candidates):
    return next((p for c in candidates if c for p in [pathlib.Path(c)] if p.exists()), None)


def tool(*words):
    subprocess.run([str(w) for w in words], check=True, capture_output=True)


def make_token(folder, softhsm, provider):
    (folder / "tokens").mkdir()
    (folder / "softhsm.conf").write_text(f"directories.tokendir = {folder}/tokens\n")
    (folder / "openssl.cnf").write_text(
        "openssl_conf = init\n[init]\nproviders = list\n[list]\ndefault = on\npkcs11 = token\n"
        "[on]\nactivate = 1\n"
        f"[token]\nmodule = {provider}\npkcs11-module-path = {softhsm}\nactivate = 1\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm.conf")
    tool("softhsm2-util", "--init-token", "--free", "--label", "test", "--pin", "1234", "--so-pin",
         "5678")
    for kind, label, number in (("EC:edwards25519", "ring", "01"), ("rsa:2048", "module", "02")):
        tool("pkcs11-tool", "--module", softhsm, "--login", "--pin", "1234", "--keypairgen",
             "--key-type", kind, "--label", label, "--id", number)
    os.environ["OPENSSL_CONF"] = str(folder / "openssl.cnf")


def main():
    modules = subprocess.run(["openssl", "version", "-m"], capture_output=True, text=True).stdout
    provider = find(os.environ.get("PKCS11_PROVIDER"), modules.split('"')[1] + "/pkcs11.so")
    softhsm = find("/usr/lib/softhsm/libsofthsm2.so")
    if not provider or not softhsm or not shutil.which("pkcs11-tool"):
        print("the PKCS#11 provider, SoftHSM or pkcs11-tool is not here")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make_token(folder, softhsm, provider)
        shop = Shop(pathlib.Path(sys.argv[1]).resolve(), folder)
        (folder / "pin").write_text("1234\n")
        pin = ["--passphrase-file", "pin"]
        shop.run("key", "public", f"{TOKEN}ring", "ring.pub", *pin)
        shop.key("one")
        shop.run("repo", "init", shop.repo, "--key", "all=one.pub", "--key", "rings=ring.pub")
        shop.run("repo", "add", shop.repo, shop.module("m", BUILD_ID))
        shop.sign("one")
        shop.run("repo", "sign", shop.repo, "--key", f"{TOKEN}ring;type=private", *pin)
        shop.publish("one")
        shop.verify()
        shop.run("key", "certificate", f"{TOKEN}module;type=private", "m.crt", *pin)
        shop.run("sign", "--key", f"{TOKEN}module;type=private", *pin, "-c", "m.crt", "m.ko")
        shop.run("sign", "--verify", "-c", "m.crt", "m.ko")
        (folder / "wrong").write_text("0000\n")
        shop.run("repo", "sign", shop.repo, "--key", f"{TOKEN}ring;type=private",
                 "--passphrase-file", "wrong", status=1)
    print("a token's keys signed metadata and a module")


main()
