# SPDX-License-Identifier: GPL-2.0-or-later
"""A release engineer's desk: keys, modules, a repository, and a web server for it on loopback."""
import functools
import hashlib
import http.server
import json
import os
import pathlib
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from schema import follows_schema  # noqa: E402
from scratch import in_memory  # noqa: E402,F401


class Failed(Exception):
    """A command ended with another status than the test wants."""


class Shop:
    """Runs the real suture in a folder of its own."""

    def __init__(self, suture, folder):
        self.suture = str(suture)
        self.folder = pathlib.Path(folder)
        self.repo = self.folder / "repository"

    def run(self, *words, status=0, stdin=None, env=None):
        done = subprocess.run([self.suture, *map(str, words)], cwd=self.folder, text=True,
                              input=stdin, capture_output=True, timeout=1200,
                              env={**os.environ, **(env or {})})
        if done.returncode != status:
            raise Failed(f"suture {' '.join(map(str, words))}: status {done.returncode}, "
                         f"not {status}\n{done.stdout}{done.stderr}")
        if status == 0 and "--json" in words:
            follows_schema(words, done.stdout)
        return done.stdout if status == 0 else done.stderr

    def key(self, name):
        self.run("key", "generate", "--no-passphrase", name)
        return name

    def init(self, at=None, **options):
        """Two root keys of which two must sign, one for everything else that is offline, one
        online."""
        for name in ("root1", "root2", "release", "online"):
            self.key(name)
        extra = [word for role, value in options.items() for word in ("--expires", f"{role}={value}")]
        self.run("repo", "init", self.repo, "--key", "root=root1.pub", "--key", "root=root2.pub",
                 "--threshold", "root=2", "--key", "online=online.pub", "--key", "all=release.pub",
                 *(["--at", at] if at else []), *extra)

    def module(self, name, build_id, content=None, **manifest):
        """A file that stands for a module: nothing here looks further inside than its first bytes."""
        content = content or f"\x7fELF module {name} for {build_id}".encode()
        (self.folder / f"{name}.ko").write_bytes(content)
        facts = {"name": name, "kernel": {"build_id": build_id, "release": "6.1.0-test"},
                 "module": {"sha256": hashlib.sha256(content).hexdigest()},
                 "proof": {"verdict": "proven", "units": []}}
        facts.update(manifest)
        (self.folder / f"{name}.json").write_text(json.dumps(facts))
        self.evidence(name, build_id, content)
        return f"{name}.ko"

    def evidence(self, name, build_id, content, verdict="passed"):
        (self.folder / f"{name}.evidence.json").write_text(json.dumps(
            {"type": "suture-trial", "version": 1, "when": "2026-11-22T12:00:00Z",
             "kernel": {"build_id": build_id}, "seconds": 21.5, "verdict": verdict,
             "module": {"sha256": hashlib.sha256(content).hexdigest()}, "log_sha256": "0" * 64}))

    def sign(self, *keys):
        self.run("repo", "sign", self.repo, *[w for k in keys for w in ("--key", k)])

    def publish(self, *keys, at=None):
        keys = keys or ("online",)
        self.run("repo", "publish", self.repo, *[w for k in keys for w in ("--key", k)],
                 *(["--at", at] if at else []))

    def verify(self, *words, status=0):
        return self.run("repo", "verify", self.repo, *words, status=status)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words):
        pass


class Server:
    """Serves a folder on a free port of 127.0.0.1 as long as the with block runs."""

    def __init__(self, folder, handler=Quiet):
        handler = functools.partial(handler, directory=str(folder))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self):
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *ignored):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
