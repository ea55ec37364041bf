# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine as a folder: a kernel that tells its build-id, a configuration, and the real fetcher and
agent with --root."""
import json
import os
import pathlib
import struct
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "repo"))
import shop  # noqa: E402

BUILD_ID = "5d1f" * 10
OTHER_BUILD_ID = "77aa" * 10


def notes(build_id):
    data = bytes.fromhex(build_id)
    return struct.pack("<III", 4, len(data), 3) + b"GNU\0" + data


def elf(name, build_id, filler=b""):
    """A module file with nothing in it but what a host reads: .modinfo."""
    modinfo = b"\0".join([b"livepatch=Y", b"name=" + name.encode(),
                          b"suture.kernel_build_id=" + build_id.encode(),
                          b"vermagic=6.1.0-test SMP", b"filler=" + filler, b""])
    names = b"\0.modinfo\0.shstrtab\0"
    header = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\2\1\1", 1, 62, 1, 0, 0,
                         64 + len(modinfo) + len(names), 0, 64, 0, 0, 64, 3, 2)
    sections = b"".join(
        struct.pack("<IIQQQQIIQQ", *values) for values in
        [(0,) * 10, (1, 1, 0, 0, 64, len(modinfo), 0, 0, 1, 0),
         (10, 3, 0, 0, 64 + len(modinfo), len(names), 0, 0, 1, 0)])
    return header + modinfo + names + sections


class Desk(shop.Shop):
    """A release engineer whose modules can be read."""

    def offer(self, name, build_id=BUILD_ID, cves=(), ring="stable", rollout=None, publish=True):
        import hashlib
        content = elf("suture_" + name, build_id)
        self.module(name, build_id, content, cves=list(cves),
                    module={"name": "suture_" + name, "sha256": hashlib.sha256(content).hexdigest()})
        self.run("repo", "add", self.repo, "--ring", ring, "--evidence", f"{name}.evidence.json",
                 *(["--rollout", rollout] if rollout else []), f"{name}.ko")
        if publish:
            self.release()

    def release(self):
        self.sign("release")
        self.publish()


class Machine:
    def __init__(self, fetch, agent, folder, build_id=BUILD_ID, machine_id="0123456789abcdef" * 2):
        self.fetcher, self.agent, self.root = str(fetch), str(agent), pathlib.Path(folder)
        self.write("etc/machine-id", machine_id + "\n")
        self.write("sys/kernel/notes", notes(build_id))
        self.write("proc/cmdline", "quiet\n")
        self.write("proc/sys/kernel/tainted", "0\n")
        self.write("proc/uptime", "100.00 50.00\n")
        self.write("proc/sys/kernel/osrelease", "6.1.0-test\n")
        (self.root / "sys/kernel/livepatch").mkdir(parents=True)
        self.boot("first")

    def path(self, name):
        return self.root / name

    def write(self, name, content):
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def boot(self, name):
        """Another boot: what the kernel had in memory is gone."""
        self.write("proc/sys/kernel/random/boot_id", name + "\n")
        for patch in (self.root / "sys/kernel/livepatch").iterdir():
            for file in patch.iterdir():
                file.unlink()
            patch.rmdir()

    def configure(self, **values):
        self.write("etc/suture/suture.conf", "".join(f"{k} = {v}\n" for k, v in values.items()))

    def trust(self, repo, url, **more):
        import hashlib
        digest = hashlib.sha256((pathlib.Path(repo) / "1.root.json").read_bytes()).hexdigest()
        self.configure(repo=url, root_fingerprint=digest, **more)

    def run(self, program, *words, status=0, env=None, before=()):
        done = subprocess.run([*before, program, "--root", str(self.root), *map(str, words)],
                              text=True, capture_output=True, timeout=600,
                              env={**os.environ, **(env or {})})
        if done.returncode != status:
            raise shop.Failed(f"{program} {words}: status {done.returncode}, not {status}\n"
                              f"{done.stdout}{done.stderr}")
        return done.stderr if status else done.stdout

    def fetch(self, *words, **more):
        return self.run(self.fetcher, "--now", *words, **more)

    def apply(self, *words, **more):
        return self.run(self.agent, "--once", *words, **more)

    def json(self, name):
        return json.loads(self.path(name).read_text())

    def last(self):
        return self.json("var/lib/suture-fetch/last.json")

    def status(self):
        return self.json("run/suture/status.json")

    def lives(self):
        folder = self.path("var/lib/suture/patches")
        return {life["name"]: life for life in
                (json.loads(p.read_text()) for p in folder.glob("*.life"))}

    def incoming(self):
        folder = self.path("var/lib/suture-fetch/incoming")
        return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())

    def history(self):
        path = self.path("var/lib/suture/history.jsonl")
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def loaded(self):
        return sorted(p.name for p in (self.root / "sys/kernel/livepatch").iterdir())
