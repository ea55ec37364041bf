#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""suture repo, sign and key as a release engineer runs them. Each function is a test, its name the
sentence that it shows; each has a repository of its own."""
import calendar
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

from shop import Shop, in_memory

SUTURE = pathlib.Path(sys.argv[1]).resolve()
DIE = pathlib.Path(sys.argv[2]).resolve()
BUILD_ID, OTHER = "5d1f" * 10, "0abc" * 10


def published(shop):
    """A repository with one proven module in edge."""
    shop.init()
    shop.run("repo", "add", shop.repo, shop.module("one", BUILD_ID))
    shop.sign("root1", "root2", "release")
    shop.publish()
    return shop


def report(shop, *words):
    return json.loads(shop.verify("--json", *words))


def modules(shop, *words):
    return {m["path"]: m for m in report(shop, *words)["modules"]}


def documents(shop):
    return {d["role"]: d for d in report(shop)["documents"]}


def contents(folder):
    return {p.relative_to(folder): p.read_bytes() for p in pathlib.Path(folder).rglob("*")
            if p.is_file() and not str(p.relative_to(folder)).startswith(".")}


def says(text, *words):
    for word in words:
        assert word in text, f"'{word}' is not in: {text}"


# Keys

def a_passphrase_is_needed_and_the_right_one_helps(shop):
    (shop.folder / "right").write_text("correct horse\n")
    (shop.folder / "wrong").write_text("battery\n")
    shop.run("key", "generate", "--passphrase-file", "right", "locked")
    says((shop.folder / "locked").read_text(), "ENCRYPTED")
    assert (shop.folder / "locked").stat().st_mode & 0o777 == 0o600
    says(shop.run("key", "public", "locked", "copy", "--passphrase-file", "wrong", status=1),
         "passphrase")
    shop.run("key", "public", "locked", "copy", "--passphrase-file", "right")
    shop.run("key", "public", "locked", "copy2", "--passphrase-file", "-", stdin="correct horse")
    assert (shop.folder / "copy").read_bytes() == (shop.folder / "locked.pub").read_bytes()


def a_private_key_that_others_may_read_is_noticed(shop):
    shop.init()
    for mode, expected in ((0o600, False), (0o640, True), (0o604, True)):
        (shop.folder / "release").chmod(mode)
        done = subprocess.run([SUTURE, "repo", "sign", shop.repo, "--key", "release"], cwd=shop.folder,
                              capture_output=True, text=True)
        assert done.returncode == 0 and ("chmod 600 release" in done.stderr) == expected, done


def a_key_is_never_overwritten(shop):
    shop.key("one")
    before = (shop.folder / "one").read_bytes()
    says(shop.run("key", "generate", "--no-passphrase", "one", status=1), "never overwritten")
    assert (shop.folder / "one").read_bytes() == before


def without_a_terminal_a_passphrase_is_not_asked_for(shop):
    done = subprocess.run([SUTURE, "key", "generate", "x"], cwd=shop.folder, text=True,
                          capture_output=True, stdin=subprocess.DEVNULL, start_new_session=True)
    assert done.returncode == 64, done
    says(done.stderr, "--passphrase-file")
    assert not (shop.folder / "x").exists()


def what_is_printed_as_json_follows_its_schema_also_without_an_ed25519_key(shop):
    """shop.run() looks at every JSON of these tests; here are the rest of them."""
    shop.run("key", "generate", "--type", "rsa", "--no-passphrase", "mod")
    assert json.loads(shop.run("key", "show", "--json", "mod")) == {"type": "rsa", "private": True}
    shop.init()
    assert json.loads(shop.run("repo", "status", "--json", shop.repo))["root_fingerprint"] is None
    says(shop.run("repo", "verify", shop.repo, status=3), "suture repo publish")
    shop.run("repo", "add", shop.repo, shop.module("one", BUILD_ID))
    shop.sign("root1", "root2", "release")
    shop.publish()
    keys = json.loads(shop.run("repo", "key", "list", "--json", shop.repo))
    assert keys["root"]["threshold"] == 2 and len(keys["root"]["keyids"]) == 2
    shop.run("repo", "revoke", shop.repo, "one", "--reason", "eats files")
    assert json.loads(shop.run("repo", "status", "--json", shop.repo))["drafts"]
    shop.sign("release")
    shop.publish()
    assert modules(shop)[f"edge/{BUILD_ID}/1-one.ko"]["revoked"] == "eats files"
    assert not json.loads(shop.run("sign", "--show", "--json", "one.ko"))["signed"]


def a_uri_opens_what_a_path_does(shop):
    shop.key("one")
    uri = f"file:{shop.folder}/one"
    assert json.loads(shop.run("key", "show", "--json", "one.pub"))["keyid"]
    shop.run("key", "public", uri, "copy", status=0)
    assert (shop.folder / "copy").read_bytes() == (shop.folder / "one.pub").read_bytes()
    says(shop.run("key", "public", "pkcs11:object=none", "copy3", status=3,
                  env={"OPENSSL_MODULES": str(shop.folder)}), "pkcs11 provider")


def a_module_is_signed_verified_and_signed_anew(shop):
    shop.run("key", "generate", "--type", "ecdsa", "--no-passphrase", "mod")
    shop.run("key", "generate", "--type", "ecdsa", "--no-passphrase", "other")
    shop.module("one", BUILD_ID)
    plain = (shop.folder / "one.ko").read_bytes()
    shop.run("sign", "--key", "mod", "-c", "mod.crt", "one.ko")
    assert (shop.folder / "one.ko").read_bytes().startswith(plain)
    shop.run("sign", "--verify", "-c", "mod.crt", "one.ko")
    says(shop.run("sign", "--verify", "-c", "other.crt", "one.ko", status=9), "not made by")
    says(shop.run("sign", "--key", "other", "-c", "other.crt", "one.ko", status=1), "--replace")
    says(shop.run("sign", "--key", "mod", "-c", "other.crt", "--replace", "one.ko", status=1),
         "belong together")
    shop.run("sign", "--key", "other", "-c", "other.crt", "--replace", "one.ko")
    assert json.loads(shop.run("sign", "--show", "--json", "one.ko"))["issuer"] == "other"
    shop.key("meta")
    says(shop.run("key", "certificate", "meta", "meta.crt", status=1), "rsa or ecdsa")
    says(shop.run("key", "show", "mod.crt", status=1), "does it hold a key?")
    before = (shop.folder / "one.json").read_bytes()
    says(shop.run("sign", "--key", "mod", "-c", "mod.crt", "one.json", status=1), "no module")
    assert (shop.folder / "one.json").read_bytes() == before


def openssl_verifies_the_module_too(shop):
    shop.run("key", "generate", "--type", "rsa", "--no-passphrase", "mod")
    shop.module("one", BUILD_ID)
    plain = (shop.folder / "one.ko").read_bytes()
    shop.run("sign", "--key", "mod", "-c", "mod.crt", "-o", "signed.ko", "one.ko")
    tail = (shop.folder / "signed.ko").read_bytes()[len(plain):]
    assert tail.endswith(b"~Module signature appended~\n")
    assert int.from_bytes(tail[-32:-28], "big") == len(tail) - 40
    (shop.folder / "message").write_bytes(tail[:-40])
    (shop.folder / "plain").write_bytes(plain)
    subprocess.run(["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "message",
                    "-content", "plain", "-certfile", "mod.crt", "-nointern", "-noverify",
                    "-out", "out"], cwd=shop.folder, check=True, capture_output=True)


# Making and signing

def every_role_needs_a_key(shop):
    shop.key("one")
    says(shop.run("repo", "init", shop.repo, "--key", "root=one.pub", status=64),
         "no key for the role")
    says(shop.run("repo", "init", shop.repo, "--key", "all=one.pub", "--threshold", "root=2",
                  status=1), "nobody could sign")
    assert not any(shop.repo.iterdir()) if shop.repo.exists() else True
    says(shop.run("repo", "init", shop.repo, "--key", "king=one.pub", status=64), "ROLE=VALUE")
    assert [p.name for p in shop.folder.iterdir() if p.name.startswith(".tmp")] == []


def a_folder_with_something_in_it_is_left_alone(shop):
    shop.key("one")
    shop.repo.mkdir()
    (shop.repo / "mine").write_text("x")
    says(shop.run("repo", "init", shop.repo, "--key", "all=one.pub", status=1), "not empty")
    assert [p.name for p in shop.repo.iterdir()] == ["mine"]


def too_few_signatures_are_not_published(shop):
    shop.init()
    shop.sign("root1", "release")
    says(shop.run("repo", "publish", shop.repo, "--key", "online", status=1), "root")
    assert not (shop.repo / "timestamp.json").exists()
    shop.sign("root2")
    says(shop.run("repo", "publish", shop.repo, "--key", "release", status=1), "may sign snapshot")
    shop.publish()
    shop.verify()


def signatures_come_at_different_times_and_a_change_drops_them(shop):
    published(shop)
    shop.run("repo", "add", shop.repo, shop.module("two", BUILD_ID))
    shop.sign("release")
    drafts = {d["role"]: d for d in json.loads(shop.run("repo", "status", "--json", shop.repo))["drafts"]}
    assert drafts["edge"]["signatures"] == 1
    shop.run("repo", "add", shop.repo, shop.module("three", BUILD_ID))
    says(shop.run("repo", "publish", shop.repo, "--key", "online", status=2), "waiting", "edge")
    says(shop.run("repo", "sign", shop.repo, "--key", "online", status=2), "no draft waits")
    shop.sign("release")
    shop.publish()
    assert len(modules(shop)) == 3


def nothing_to_publish_is_said(shop):
    published(shop)
    before = contents(shop.repo)
    says(shop.run("repo", "publish", shop.repo, "--key", "online", status=2), "nothing has changed")
    assert contents(shop.repo) == before


def a_ring_key_that_was_replaced_must_sign_again(shop):
    published(shop)
    shop.key("release2")
    keyid = json.loads(shop.run("key", "show", "--json", "release.pub"))["keyid"]
    shop.run("repo", "key", "add", shop.repo, "edge", "release2.pub")
    shop.run("repo", "key", "remove", shop.repo, "edge", keyid[:12])
    shop.sign("release")
    says(shop.run("repo", "publish", shop.repo, "--key", "online", status=9),
         "clients would refuse", "role edge")
    shop.verify()
    shop.run("repo", "add", shop.repo, shop.module("two", BUILD_ID))
    shop.sign("release2")
    shop.publish()
    shop.verify()


def the_last_key_of_a_role_stays(shop):
    published(shop)
    keyid = json.loads(shop.run("key", "show", "--json", "release.pub"))["keyid"]
    says(shop.run("repo", "key", "remove", shop.repo, "edge", keyid, status=1), "threshold")
    says(shop.run("repo", "key", "threshold", shop.repo, "edge", "2", status=1), "1 keys")
    says(shop.run("repo", "key", "add", shop.repo, "king", "release.pub", status=3), "no role")


def the_online_keys_can_be_changed(shop):
    published(shop)
    shop.key("online2")
    keyid = json.loads(shop.run("key", "show", "--json", "online.pub"))["keyid"]
    for role in ("snapshot", "timestamp"):
        shop.run("repo", "key", "add", shop.repo, role, "online2.pub")
        shop.run("repo", "key", "remove", shop.repo, role, keyid)
    shop.sign("root1", "root2")
    shop.publish("online2")
    assert documents(shop)["root"]["version"] == 2
    says(shop.run("repo", "timestamp", shop.repo, "--key", "online", status=1), "may sign timestamp")
    shop.run("repo", "timestamp", shop.repo, "--key", "online2")
    shop.verify()


# Modules

def only_proven_modules_are_added(shop):
    shop.init()
    module = shop.module("one", BUILD_ID, proof={"verdict": "unproven"})
    says(shop.run("repo", "add", shop.repo, module, status=9), "unproven", "--allow-unproven")
    says(shop.run("repo", "add", shop.repo, shop.module("two", BUILD_ID, proof=None), status=9),
         "missing")
    shop.run("repo", "add", shop.repo, module, "--allow-unproven")
    shop.run("repo", "add", shop.repo,
             shop.module("three", BUILD_ID, proof={"verdict": "proven-for-patched"}))


def only_modules_that_passed_a_trial_are_added(shop):
    shop.init()
    module = shop.module("one", BUILD_ID, b"one")
    (shop.folder / "one.evidence.json").unlink()
    says(shop.run("repo", "add", shop.repo, module, status=9), "no evidence", "suture try")
    says(shop.run("repo", "add", shop.repo, module, "--evidence", "none", status=3), "none")
    shop.evidence("one", BUILD_ID, b"one", verdict="failed")
    says(shop.run("repo", "add", shop.repo, module, status=9), "failed")
    shop.evidence("one", OTHER, b"one")
    says(shop.run("repo", "add", shop.repo, module, status=9), "another kernel")
    shop.evidence("one", BUILD_ID, b"two")
    says(shop.run("repo", "add", shop.repo, module, status=9), "another module")
    (shop.folder / "one.evidence.json").write_text("{}")
    says(shop.run("repo", "add", shop.repo, module, status=1), "no evidence")
    shop.evidence("one", BUILD_ID, b"one")
    shop.run("repo", "add", shop.repo, module)


def a_manifest_of_another_module_is_refused(shop):
    shop.init()
    shop.module("one", BUILD_ID)
    (shop.folder / "one.ko").write_bytes(b"something else")
    says(shop.run("repo", "add", shop.repo, "one.ko", status=9), "of another module")
    for broken in ({"kernel": {}}, {"name": "../x"}, {"name": ""}, {"seconds": 1.5}):
        says(shop.run("repo", "add", shop.repo, shop.module("two", BUILD_ID, **broken)
                      if "name" not in broken else renamed(shop, broken["name"]), status=1),
             "manifest")
    assert not list((shop.repo / "targets").rglob("*.ko"))


def renamed(shop, name):
    shop.module("two", BUILD_ID)
    facts = json.loads((shop.folder / "two.json").read_text())
    facts["name"] = name
    (shop.folder / "two.json").write_text(json.dumps(facts))
    return "two.ko"


def a_signature_behind_the_module_does_not_change_its_manifest(shop):
    shop.init()
    shop.run("key", "generate", "--type", "ecdsa", "--no-passphrase", "mod")
    module = shop.module("one", BUILD_ID)
    shop.run("sign", "--key", "mod", "-c", "mod.crt", module)
    shop.run("repo", "add", shop.repo, module)


def levels_count_up_for_each_kernel_and_are_never_used_twice(shop):
    published(shop)
    says(shop.run("repo", "add", shop.repo, "one.ko", status=2), "there already")
    says(shop.run("repo", "add", shop.repo, shop.module("two", BUILD_ID)), f"edge/{BUILD_ID}/2-two.ko")
    says(shop.run("repo", "add", shop.repo, shop.module("two", OTHER, content=b"for the other")),
         f"edge/{OTHER}/1-two.ko")
    says(shop.run("repo", "add", shop.repo, shop.module("three", BUILD_ID), "--ring", "stable"),
         f"stable/{BUILD_ID}/3-three.ko")
    shop.run("repo", "revoke", shop.repo, "three", "--reason", "it hangs")
    says(shop.run("repo", "add", shop.repo, shop.module("four", BUILD_ID)), f"edge/{BUILD_ID}/4-four.ko")


def a_promotion_is_a_new_signature_on_the_same_bytes(shop):
    published(shop)
    says(shop.run("repo", "promote", shop.repo, "one"), f"beta/{BUILD_ID}/1-one.ko")
    says(shop.run("repo", "promote", shop.repo, "one", "--from", "edge", "--to", "beta", status=2),
         "has it already")
    says(shop.run("repo", "promote", shop.repo, "none", status=3), "no module", "it has 1-one.ko")
    says(shop.run("repo", "promote", shop.repo, "one", "--from", "moon", status=64), "is no ring")
    says(shop.run("repo", "promote", shop.repo, "one", "--to", "moon", status=64), "no ring")
    shop.sign("release")
    shop.publish()
    found = modules(shop)
    assert found[f"edge/{BUILD_ID}/1-one.ko"]["sha256"] == found[f"beta/{BUILD_ID}/1-one.ko"]["sha256"]


def a_module_is_found_by_the_name_of_its_file_too(shop):
    shop.init()
    digest = hashlib.sha256(b"five").hexdigest()
    shop.module("five", BUILD_ID, b"five", module={"name": "suture_five_a", "sha256": digest})
    shop.run("repo", "add", shop.repo, "five.ko")
    for name in ("suture_five_a", "suture-five-a", "suture-five-a.ko"):
        says(shop.run("repo", "promote", shop.repo, name, "--to", "edge", status=2), "has it already")
    says(shop.run("repo", "promote", shop.repo, "suture-five", status=3), "no module", "it has 1-five.ko")


def a_revoked_module_stays_revoked(shop):
    published(shop)
    says(shop.run("repo", "revoke", shop.repo, "one", status=64), "--reason")
    shop.run("repo", "revoke", shop.repo, "one", "--reason", "it hangs")
    shop.sign("release")
    shop.publish()
    assert modules(shop)[f"edge/{BUILD_ID}/1-one.ko"]["revoked"] == "it hangs"
    says(shop.run("repo", "revoke", shop.repo, "one", "--reason", "again", status=2), "already")
    # Not even with another signature behind it, which makes it another file.
    shop.run("key", "generate", "--type", "ecdsa", "--no-passphrase", "mod")
    shop.run("sign", "--key", "mod", "-c", "mod.crt", "one.ko")
    says(shop.run("repo", "add", shop.repo, "one.ko", status=9), "was revoked: it hangs")
    says(shop.verify(), "revoked: it hangs")


def a_revoked_module_is_not_promoted(shop):
    published(shop)
    shop.run("repo", "revoke", shop.repo, "one", "--reason", "it hangs")
    says(shop.run("repo", "promote", shop.repo, "one", status=9), "was revoked: it hangs")


def a_reason_that_would_steer_a_terminal_is_refused(shop):
    published(shop)
    for bad in ("\x1b[2J", "two\nlines", "\x7f", "\u009b31m", "\u202e"):
        says(shop.run("repo", "revoke", shop.repo, "one", "--reason", bad, status=64), "control characters")
    # What is never taken back, and everybody shows, is not long either.
    says(shop.run("repo", "revoke", shop.repo, "one", "--reason", 501 * "x", status=64), "at most 500")
    shop.run("repo", "revoke", shop.repo, "one", "--reason", "Überlauf – 危険")


def an_error_does_not_steer_the_terminal(shop):
    """What an unsigned file says is quoted, but not acted out."""
    published(shop)
    stamp = json.loads((shop.repo / "timestamp.json").read_text())
    stamp["signed"]["_type"] = "\x1b]0;owned\x07"
    (shop.repo / "timestamp.json").write_text(json.dumps(stamp))
    said = shop.verify(status=9)
    assert "owned" in said and "\x1b" not in said and "\x07" not in said, said


def a_name_is_taken_once_in_a_ring_for_a_kernel(shop):
    """The kernel cannot load two modules of one name."""
    published(shop)
    module = shop.module("one", BUILD_ID, b"another one")
    before = contents(shop.repo)
    says(shop.run("repo", "add", shop.repo, module, status=1), "named one", "suture build --name",
         f"edge/{BUILD_ID}/1-one.ko")
    assert contents(shop.repo) == before
    says(shop.run("repo", "add", shop.repo, module, "--ring", "beta"), f"beta/{BUILD_ID}/2-one.ko")
    says(shop.run("repo", "promote", shop.repo, "one", "--from", "edge", status=1), "named one")
    shop.run("repo", "add", shop.repo, shop.module("a-b", BUILD_ID))
    says(shop.run("repo", "add", shop.repo, shop.module("a_b", BUILD_ID), status=1), "named a_b")
    # What counts is the kernel's name for it, where the manifest says that.
    digest = hashlib.sha256(b"four").hexdigest()
    shop.module("four", BUILD_ID, b"four", module={"name": "a_b", "sha256": digest})
    says(shop.run("repo", "add", shop.repo, "four.ko", status=1), "named a_b")


def what_gc_removed_can_be_revoked(shop):
    published(shop)
    shop.run("repo", "add", shop.repo, shop.module("two", BUILD_ID))
    shop.sign("release")
    shop.publish()
    shop.run("repo", "gc", shop.repo, "--keep", "1")
    shop.sign("release")
    shop.publish()
    shop.run("repo", "gc", shop.repo)
    assert list(modules(shop)) == [f"edge/{BUILD_ID}/2-two.ko"]
    digest = json.loads((shop.folder / "one.json").read_text())["module"]["sha256"]
    shop.run("repo", "revoke", shop.repo, "one", "--reason", "it hangs")
    says(shop.run("repo", "revoke", shop.repo, digest, "--reason", "it hangs", status=2), "already")
    unseen = "ab" * 32
    says(shop.run("repo", "revoke", shop.repo, unseen, "--reason", "it hangs", status=3), "--force")
    says(shop.run("repo", "revoke", shop.repo, "three", "--reason", "x", "--force", status=3), "no ring")
    shop.run("repo", "revoke", shop.repo, unseen, "--reason", "it hangs", "--force")
    shop.sign("release")
    shop.publish()
    revoked = json.loads(next(shop.repo.glob("2.revocations.json")).read_text())["signed"]["targets"]
    assert {f"revocations/{digest}", f"revocations/{unseen}"} == set(revoked)
    assert revoked[f"revocations/{digest}"]["custom"]["name"] == "one"
    says(shop.run("repo", "add", shop.repo, "one.ko", status=9), "was revoked")


def a_rollout_grows_and_is_halted(shop):
    start = ["--at", "2026-11-22T00:00:00Z"]
    shop.init(at=start[1])
    shop.run("repo", "add", shop.repo, shop.module("one", BUILD_ID), "--ring", "stable", "--rollout",
             "1%@0,10%@24h,100%@3d", *start)
    shop.sign("root1", "root2", "release")
    shop.publish(at="2026-11-22T00:00:00Z")
    path = f"stable/{BUILD_ID}/1-one.ko"
    assert modules(shop, *start)[path]["share"] == 100
    assert modules(shop, "--at", "2026-11-23T01:00:00Z")[path]["share"] == 1000
    later = "2026-11-23T02:00:00Z"
    shop.run("repo", "rollout", shop.repo, "one", "--halt", "--at", later)
    shop.sign("release")
    shop.publish(at=later)
    shop.run("repo", "timestamp", shop.repo, "--key", "online", "--at", "2026-11-28T00:00:00Z")
    assert modules(shop, "--at", "2026-11-29T00:00:00Z")[path]["share"] == 1000
    says(shop.run("repo", "rollout", shop.repo, "one", status=64), "--halt")
    says(shop.run("repo", "rollout", shop.repo, "one", "5", status=64), "a step is")


def served(shop):
    return {path: module["served_until"] for path, module in modules(shop).items()}


def a_kernel_is_served_until_a_day_that_may_change(shop):
    """With its newest module, and with the next one; nothing else is touched."""
    shop.init()
    other = "ab" * 20
    first, then = (calendar.timegm((year, month, day, 23, 59, 59)) for year, month, day in
                   ((2027, 6, 30), (2028, 1, 31)))
    shop.run("repo", "add", shop.repo, shop.module("one", BUILD_ID), "--ring", "stable",
             "--served-until", "2027-06-30")
    shop.run("repo", "add", shop.repo, shop.module("other", other), "--ring", "stable")
    shop.run("repo", "add", shop.repo, shop.module("two", BUILD_ID))
    shop.sign("root1", "root2", "release")
    shop.publish()
    one, two = f"stable/{BUILD_ID}/1-one.ko", f"edge/{BUILD_ID}/2-two.ko"
    rest = {f"stable/{other}/1-other.ko": 0}
    assert served(shop) == {one: first, two: first, **rest}
    shop.run("repo", "served", shop.repo, BUILD_ID, "2028-01-31")
    shop.sign("release")
    shop.publish()
    assert served(shop) == {one: then, two: then, **rest}
    says(shop.verify(), "kernel served until 2028-01-31")
    shop.run("repo", "served", shop.repo, BUILD_ID, "--unsaid")
    shop.sign("release")
    shop.publish()
    assert served(shop) == {one: 0, two: 0, **rest}
    says(shop.run("repo", "served", shop.repo, BUILD_ID, status=64), "--unsaid")
    says(shop.run("repo", "served", shop.repo, BUILD_ID, "soon", status=64), "a day like")
    says(shop.run("repo", "served", shop.repo, "cd" * 20, "2028-01-31", status=3), "no ring has")


# Time

def the_timestamp_is_renewed_and_the_snapshot_when_it_is_time(shop):
    shop.init()
    shop.sign("root1", "root2", "release")
    shop.publish()
    before = documents(shop)
    shop.run("repo", "timestamp", shop.repo, "--key", "online")
    after = documents(shop)
    assert after["timestamp"]["version"] == before["timestamp"]["version"] + 1
    assert after["snapshot"]["version"] == before["snapshot"]["version"]
    date = re.sub("T.*", "T00:00:00Z", after["snapshot"]["expires"])
    shop.run("repo", "timestamp", shop.repo, "--key", "online", "--at", date)
    meta = json.loads((shop.repo / "timestamp.json").read_text())["signed"]["meta"]
    assert meta["snapshot.json"]["version"] == before["snapshot"]["version"] + 1
    shop.verify("--at", date)


def without_renewal_it_is_stale(shop):
    published(shop)
    says(shop.verify("--at", "2036-01-01T00:00:00Z", status=8), "expired")


AFTER = "2027-03-15T00:00:00Z"  # the rings expired, the other roles did not


def ages(shop, at):
    status = json.loads(shop.run("repo", "status", "--json", shop.repo, "--at", at))
    return {p["role"]: p["state"] for p in status["published"]}


def quiet(shop, *words):
    """Standard output of a command that ends with 8: something expired."""
    done = subprocess.run([SUTURE, *words], cwd=shop.folder, capture_output=True, text=True)
    assert done.returncode == 8, done
    return done.stdout


def started(shop):
    """Published on a known day, with a module in stable and nothing in the other rings."""
    start = "2026-11-22T00:00:00Z"
    shop.init(at=start)
    shop.run("repo", "add", shop.repo, shop.module("one", BUILD_ID), "--ring", "stable", "--at", start)
    for key in ("root1", "root2", "release"):
        shop.run("repo", "sign", shop.repo, "--key", key, "--at", start)
    shop.publish(at=start)
    return start


def a_ring_that_nobody_changes_is_renewed(shop):
    start = started(shop)
    rings = ("edge", "beta", "candidate", "stable")
    shop.run("repo", "renew", shop.repo, "--at", start, status=2)
    assert set(ages(shop, "2027-01-15T00:00:00Z")[ring] for ring in rings) == {"ok"}
    due = "2027-02-01T00:00:00Z"
    assert set(ages(shop, due)[ring] for ring in rings) == {"due"} and ages(shop, due)["root"] == "ok"
    says(shop.run("repo", "status", shop.repo, "--at", due), "suture repo renew")
    said = shop.run("repo", "renew", shop.repo, "--at", due)
    says(said, "renewed", "2027-05-02", "candidate")
    says(shop.run("repo", "renew", shop.repo, "--at", due), "has a draft already")
    shop.sign("release")
    says(shop.run("repo", "renew", shop.repo, "--at", due), "1 of 1 signatures")
    shop.publish(at=due)
    found = {d["role"]: d for d in report(shop, "--at", due)["documents"]}
    assert all(found[ring]["version"] == 2 for ring in rings) and found["root"]["version"] == 1
    assert list(modules(shop, "--at", due)) == [f"stable/{BUILD_ID}/1-one.ko"]
    shop.run("repo", "renew", shop.repo, "--at", due, status=2)


def a_role_is_renewed_by_name(shop):
    published(shop)
    says(shop.run("repo", "renew", shop.repo, "candidate", "root"), "candidate", "root")
    shop.sign("root1", "root2", "release")
    shop.publish()
    found = documents(shop)
    assert (found["candidate"]["version"], found["root"]["version"], found["edge"]["version"]) == (2, 2, 1)
    says(shop.run("repo", "renew", shop.repo, "timestamp", status=64), "suture repo timestamp")
    says(shop.run("repo", "renew", shop.repo, "king", status=3), "no role")


def an_expired_ring_stops_nobody_else(shop):
    started(shop)
    assert ages(shop, AFTER)["stable"] == "expired"
    shop.run("repo", "timestamp", shop.repo, "--key", "online", "--at", AFTER)
    says(shop.verify("--at", AFTER, status=8), "rings expired")
    shop.run("repo", "revoke", shop.repo, "one", "--reason", "it hangs", "--at", AFTER)
    shop.sign("release")
    shop.publish(at=AFTER)
    shop.run("repo", "mirror", shop.repo, "mirror", "--at", AFTER)
    shop.run("repo", "bundle", shop.repo, "-o", "b.tar", "--at", AFTER)
    for copy in ("mirror", "b.tar"):
        copied = json.loads(quiet(shop, "repo", "verify", "--json", copy, "--at", AFTER))
        assert [m["path"] for m in copied["modules"]] == [f"stable/{BUILD_ID}/1-one.ko"]
    shop.run("repo", "renew", shop.repo, "--at", AFTER)
    shop.sign("release")
    shop.publish(at=AFTER)
    assert modules(shop, "--at", AFTER)[f"stable/{BUILD_ID}/1-one.ko"]["revoked"] == "it hangs"


def a_draft_that_expired_while_it_waited_is_not_published(shop):
    start = started(shop)
    shop.run("repo", "renew", shop.repo, "edge", "--at", start)
    shop.sign("release")
    before = contents(shop.repo)
    says(shop.run("repo", "publish", shop.repo, "--key", "online", "--at", AFTER, status=8),
         "2.edge.json expired", "suture repo renew")
    assert contents(shop.repo) == before
    says(shop.run("repo", "renew", shop.repo, "edge", "--at", AFTER), "0 of 1 signatures")
    shop.sign("release")
    shop.publish(at=AFTER)


def an_expired_root_is_renewed(shop):
    started(shop)
    late = "2028-06-01T00:00:00Z"
    says(shop.run("repo", "timestamp", shop.repo, "--key", "online", "--at", late, status=8),
         "root expired", "suture repo renew")
    shop.run("repo", "renew", shop.repo, "--at", late)
    shop.sign("root1", "root2", "release")
    shop.publish(at=late)
    shop.verify("--at", late)


# Copies

def gc_keeps_what_is_needed(shop):
    published(shop)
    for name in ("two", "three", "four"):
        shop.run("repo", "add", shop.repo, shop.module(name, BUILD_ID))
        shop.sign("release")
        shop.publish()
    shop.run("repo", "gc", shop.repo)
    assert sorted(p.name for p in shop.repo.glob("*.edge.json")) == ["4.edge.json"]
    assert len(modules(shop)) == 4
    shop.run("repo", "gc", shop.repo, "--keep", "2")
    assert len(modules(shop)) == 4, "what is published is not changed before it is signed"
    shop.sign("release")
    shop.publish()
    shop.run("repo", "gc", shop.repo)
    assert sorted(modules(shop)) == [f"edge/{BUILD_ID}/{n}.ko" for n in ("3-three", "4-four")]
    assert len(list((shop.repo / "targets/edge" / BUILD_ID).iterdir())) == 2
    assert (shop.repo / "1.root.json").exists()


def gc_does_not_count_revoked_levels(shop):
    published(shop)
    for name in ("two", "three"):
        shop.run("repo", "add", shop.repo, shop.module(name, BUILD_ID))
    shop.run("repo", "revoke", shop.repo, "three", "--reason", "it hangs")
    shop.run("repo", "gc", shop.repo, "--keep", "1")
    shop.sign("release")
    shop.publish()
    good = [m["name"] for m in modules(shop).values() if not m["revoked"]]
    assert good == ["two"], good


def a_mirror_follows_and_never_goes_back(shop):
    published(shop)
    mirror, old = shop.folder / "mirror", shop.folder / "old"
    shutil.copytree(shop.repo, old)
    shop.run("repo", "mirror", shop.repo, mirror)
    assert contents(mirror) == contents(shop.repo)
    shop.run("repo", "add", shop.repo, shop.module("two", BUILD_ID))
    shop.sign("release")
    shop.publish()
    shop.run("repo", "mirror", shop.repo, mirror)
    shop.run("repo", "verify", mirror)
    before = contents(mirror)
    says(shop.run("repo", "mirror", old, mirror, status=9), "stays as it was", "replays")
    assert contents(mirror) == before


def a_mirror_mends_what_was_damaged_in_it(shop):
    published(shop)
    shop.key("root3")
    shop.run("repo", "key", "add", shop.repo, "root", "root3.pub")
    shop.sign("root1", "root2", "root3")
    shop.publish()
    mirror = shop.folder / "mirror"
    shop.run("repo", "mirror", shop.repo, mirror)
    good = contents(mirror)
    says(shop.run("repo", "mirror", shop.repo, mirror), "0 new files")
    for name, data in good.items():
        for bad in (data[:len(data) // 2], b"", data.replace(b"e", b"f", 1)):
            (mirror / name).write_bytes(bad)
            says(shop.run("repo", "mirror", shop.repo, mirror), "1 new files")
            assert contents(mirror) == good, name
        (mirror / name).unlink()
        shop.run("repo", "mirror", shop.repo, mirror)
        assert contents(mirror) == good, name


def a_mirror_keeps_its_first_root(shop):
    """Its clients may begin with it; what a source says of the past, nobody can check."""
    published(shop)
    shop.key("root3")
    shop.run("repo", "key", "add", shop.repo, "root", "root3.pub")
    shop.sign("root1", "root2", "root3")
    shop.publish()
    mirror = shop.folder / "mirror"
    shop.run("repo", "mirror", shop.repo, mirror)
    good = contents(mirror)
    (shop.repo / "1.root.json").write_text("{}")
    shop.run("repo", "mirror", shop.repo, mirror)
    assert contents(mirror) == good


def a_mirror_is_not_made_among_other_files(shop):
    published(shop)
    home = shop.folder / "home"
    home.mkdir()
    (home / "timestamp.json").write_text("mine")
    says(shop.run("repo", "mirror", shop.repo, home, status=1), "not empty")
    assert [p.name for p in home.iterdir()] == ["timestamp.json"]
    other = Shop(SUTURE, shop.folder / "other")
    other.folder.mkdir()
    published(other)
    shop.run("repo", "mirror", shop.repo, "mirror")
    before = contents(shop.folder / "mirror")
    shop.run("repo", "mirror", other.repo, "mirror", status=9)
    assert contents(shop.folder / "mirror") == before


def a_mirror_takes_nothing_that_was_tampered_with(shop):
    published(shop)
    mirror = shop.folder / "mirror"
    blob = next((shop.repo / "targets").rglob("*.ko"))
    good = blob.read_bytes()
    blob.write_bytes(good.replace(b"module", b"Module"))
    says(shop.run("repo", "mirror", shop.repo, mirror, status=9), "digest")
    assert contents(mirror) == {}
    blob.write_bytes(good)
    shop.run("repo", "mirror", shop.repo, mirror)
    assert contents(mirror) == contents(shop.repo)


def a_bundle_is_the_repository_in_one_file(shop):
    published(shop)
    shop.run("repo", "add", shop.repo, shop.module("a" * 100, BUILD_ID))
    shop.sign("release")
    shop.publish()
    shop.run("repo", "bundle", shop.repo, "-o", "b.tar")
    shop.run("repo", "bundle", shop.repo, "-o", "again.tar")
    bundle = shop.folder / "b.tar"
    assert bundle.read_bytes() == (shop.folder / "again.tar").read_bytes()
    names = subprocess.run(["tar", "tf", bundle], check=True, capture_output=True, text=True).stdout
    says(names, "timestamp.json", "1-one.ko", "a" * 100)
    assert shop.run("repo", "verify", bundle) == shop.verify()
    shop.run("repo", "mirror", bundle, shop.folder / "mirror")
    shop.run("repo", "verify", shop.folder / "mirror")


def a_bundle_goes_into_a_pipe_and_leaves_it_there(shop):
    published(shop)
    shop.run("repo", "bundle", shop.repo, "-o", "b.tar")
    pipe = shop.folder / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE) as reader:
        shop.run("repo", "bundle", shop.repo, "-o", pipe)
        assert pipe.is_fifo()
        assert reader.communicate(timeout=600)[0] == (shop.folder / "b.tar").read_bytes()


def a_bundle_that_was_tampered_with_is_refused(shop):
    published(shop)
    shop.run("repo", "bundle", shop.repo, "-o", "b.tar")
    good = (shop.folder / "b.tar").read_bytes()
    bad = shop.folder / "bad.tar"
    bad.write_bytes(good.replace(b"module one", b"Module one"))
    says(shop.run("repo", "verify", bad, status=9), "digest")
    bad.write_bytes(good[:len(good) // 2])
    says(shop.run("repo", "verify", bad, status=1), "cut off")
    bad.write_bytes(b"x" * 2048)
    says(shop.run("repo", "verify", bad, status=1), "no bundle")


def a_fingerprint_tells_whose_repository_it_is(shop):
    published(shop)
    fingerprint = json.loads(shop.run("repo", "status", "--json", shop.repo))["root_fingerprint"]
    shop.verify("--root-fingerprint", fingerprint)
    says(shop.verify("--root-fingerprint", "0" * 64, status=9), "fingerprint")


# When it breaks

def two_do_not_work_on_it_at_once(shop):
    published(shop)
    with open(shop.repo / ".draft/lock") as lock:
        import fcntl
        fcntl.flock(lock, fcntl.LOCK_EX)
        says(shop.run("repo", "gc", shop.repo, status=75), "locked")


def a_publication_that_is_cut_off_anywhere_is_old_or_new_and_can_be_finished(shop):
    published(shop)
    shop.key("root3")
    shop.run("repo", "key", "add", shop.repo, "root", "root3.pub")
    shop.run("repo", "add", shop.repo, shop.module("two", BUILD_ID))
    shop.run("repo", "promote", shop.repo, "one")
    shop.sign("root1", "root2", "root3", "release")
    start = shop.folder / "start"
    shop.repo.rename(start)
    cuts = seen_old = seen_new = 0
    for step in range(1, 200):
        for at in (step, -step):
            shutil.rmtree(shop.repo, ignore_errors=True)
            shutil.copytree(start, shop.repo)
            done = subprocess.run([SUTURE, "repo", "publish", shop.repo, "--key", "online"],
                                  cwd=shop.folder, capture_output=True, text=True,
                                  env={**os.environ, "LD_PRELOAD": str(DIE), "DIE_AT": str(at)})
            found = sorted(modules(shop))
            assert len(found) in (1, 3), found
            seen_old += len(found) == 1
            seen_new += len(found) == 3
            if done.returncode == 0:
                break
            assert done.returncode == -signal.SIGKILL, done
            cuts += 1
            again = subprocess.run([SUTURE, "repo", "publish", shop.repo, "--key", "online"],
                                   cwd=shop.folder, capture_output=True, text=True)
            assert again.returncode in (0, 2), again
            assert len(modules(shop)) == 3
        if done.returncode == 0:
            break
    assert cuts > 10 and seen_old > 5 and seen_new > 0, (cuts, seen_old, seen_new)


def a_full_disk_publishes_nothing(shop):
    published(shop)
    shop.run("repo", "add", shop.repo, shop.module("two", BUILD_ID))
    shop.sign("release")
    before = contents(shop.repo)
    done = subprocess.run(["sh", "-c", "ulimit -f 1; trap '' XFSZ; exec \"$@\"", "sh", SUTURE, "repo",
                           "publish", shop.repo, "--key", "online"], cwd=shop.folder,
                          capture_output=True, text=True)
    assert done.returncode == 1, done
    says(done.stderr, "large")
    assert "clients would refuse" not in done.stderr, done.stderr
    assert contents(shop.repo) == before
    shop.publish()
    shop.verify()


def main():
    tests = [f for name, f in globals().items()
             if callable(f) and "_" in name and getattr(f, "__code__", None)
             and f.__code__.co_varnames[:f.__code__.co_argcount] == ("shop",)]
    only = sys.argv[3:]
    in_memory()
    failed = 0
    for test in tests:
        if only and test.__name__ not in only:
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                test(Shop(SUTURE, folder))
                print(f"ok   {test.__name__.replace('_', ' ')}")
            except Exception as problem:  # the next test is worth running
                failed += 1
                import traceback
                traceback.print_exc()
                print(f"FAIL {test.__name__.replace('_', ' ')}: {problem}")
    assert len(tests) > 25, "the tests were not found"
    sys.exit(failed != 0)


main()
