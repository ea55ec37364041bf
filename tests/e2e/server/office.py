# SPDX-License-Identifier: GPL-2.0-or-later
"""suture-server as its administrator and its machines see it: the real program, on loopback."""
import contextlib
import http.client
import json
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from schema import follows_schema  # noqa: E402
from scratch import in_memory  # noqa: E402,F401

SERVER = pathlib.Path(sys.argv[1]).resolve()
PATIENCE = 600  # seconds until a test gives up; nothing is measured by it


class Failed(Exception):
    """A command or a request ended otherwise than the test wants."""


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        return self.json["code"]


def status_document(**more):
    return {"schema": 1, "time": 1795352400, "kernel": {"release": "6.1.0-test", "build_id": "5d1f"},
            "protection": {"state": "ok", "level": 3}, **more}


class Office:
    """A folder with a database, a repository and as many servers as wanted."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.database = self.folder / "fleet.db"
        self.repo = self.folder / "repo"
        (self.repo / "targets").mkdir(parents=True)
        (self.repo / "timestamp.json").write_text('{"signed": 1}')
        self.logs = []

    def command(self, *words, status=0):
        done = subprocess.run([SERVER, *map(str, words), "--database", self.database], text=True,
                              capture_output=True, timeout=PATIENCE)
        if done.returncode != status:
            raise Failed(f"suture-server {' '.join(map(str, words))}: status {done.returncode}, not "
                         f"{status}: {done.stdout}{done.stderr}")
        if status == 0 and "--json" in words:
            follows_schema(words, done.stdout)
        return done.stdout if status == 0 else done.stderr

    def token(self, *words, ring="stable"):
        return self.command("token", "new", "--ring", ring, *words).strip()

    def used(self, token):
        return next(t["used"] for t in json.loads(self.command("token", "list", "--json"))
                    if t["id"] == token.split("_")[1])

    def machines(self):
        return {m["id"]: m for m in json.loads(self.command("machine", "list", "--json", "--revoked"))}

    def log(self):
        return "".join(log.read_text() for log in self.logs)

    @contextlib.contextmanager
    def server(self, *words, tls=None, **settings):
        """Runs one until the end of the block, where it must stop well (unless it was killed)."""
        server = Running(self, words, tls, settings)
        try:
            yield server
        except BaseException:
            server.process.kill()
            server.process.wait()
            sys.stderr.write(self.log()[-1500:])
            raise
        server.stop()


class Running:
    """One server process, and how a machine talks to it."""

    def __init__(self, office, words, tls, settings):
        self.office, self.tls, self.killed = office, tls, False
        log = office.folder / f"log.{len(office.logs)}"
        office.logs.append(log)
        pairs = [w for key, value in settings.items()
                 for w in ("--set", f"{key.replace('_', '-')}={value}")]
        certificate = ["--cert", tls.certificate, "--key", tls.key] if tls else []
        with open(log, "wb") as out:
            self.process = subprocess.Popen(
                [SERVER, "run", "--listen", "127.0.0.1:0", "--repo", office.repo,
                 "--database", office.database, *certificate, *pairs, *map(str, words)], stderr=out)
        self.port = self.wait_for_port(log)

    def wait_for_port(self, log):
        waited = threading.Event()
        for _ in range(PATIENCE * 20):
            for line in log.read_text().splitlines(keepends=True):
                if "listening on" in line and line.endswith("\n"):
                    return int(line.rsplit(":", 1)[1])
            if self.process.poll() is not None:
                raise Failed(f"the server did not start: {log.read_text()}")
            waited.wait(0.05)
        raise Failed("the server does not listen")

    @property
    def url(self):
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def stop(self):
        if not self.killed:
            self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(PATIENCE)
        assert self.killed or status == 0, f"the server ended with {status}: {self.office.log()}"

    def kill(self):
        self.killed = True
        self.process.kill()
        self.process.wait()

    def connect(self):
        """A plain socket, for what no honest client does."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def connection(self):
        if self.tls:
            return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=PATIENCE,
                                               context=self.tls.context())
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def ask(self, method, path, body=None, headers=None, credential=None, status=None):
        connection = self.connection()
        headers = dict(headers or {})
        if credential:
            headers["Authorization"] = f"Bearer {credential}"
        if isinstance(body, dict):
            body = json.dumps(body)
        try:
            connection.connect()
            # Who is refused may be told so, and cut off, before all was sent: the answer is there.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.request(method, path, body, headers)
            got = connection.getresponse()
            answer = Answer(got.status, got.headers, got.read())
        finally:
            connection.close()
        if status is not None and answer.status != status:
            raise Failed(f"{method} {path}: {answer.status}, not {status}: {answer.body[:300]}")
        return answer

    def enrol(self, token, machine, credential=None, status=200):
        return self.ask("POST", "/api/v1/enrol", {"token": token, "machine_id": machine},
                        credential=credential, status=status)

    def credential(self, token, machine):
        return self.enrol(token, machine).json["credential"]

    def checkin(self, credential, document=None, status=200):
        return self.ask("POST", "/api/v1/checkin", document or status_document(),
                        credential=credential, status=status)


class Tls:
    """An own CA and a server's certificate of it, made by openssl."""

    def __init__(self, folder):
        self.ca, self.ca_key = folder / "ca.pem", folder / "ca.key"
        self.certificate, self.key = folder / "server.pem", folder / "server.key"
        request, extension = folder / "server.csr", folder / "extension"
        extension.write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        self.openssl("req", "-x509", *curve, "-days", "2", "-subj", "/CN=test CA", "-out", self.ca,
                     "-keyout", self.ca_key)
        self.openssl("req", *curve, "-subj", "/CN=localhost", "-out", request, "-keyout", self.key)
        self.openssl("x509", "-req", "-in", request, "-CA", self.ca, "-CAkey", self.ca_key,
                     "-CAcreateserial", "-days", "2", "-extfile", extension, "-out", self.certificate)

    @staticmethod
    def openssl(*words):
        subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)

    def context(self):
        return ssl.create_default_context(cafile=str(self.ca))


def at_once(count, work):
    """Runs work(0), work(1)... in threads and returns what they returned, or raises."""
    results, problems = [None] * count, []

    def one(index):
        try:
            results[index] = work(index)
        except Exception as problem:  # handed to the caller
            problems.append(problem)
    threads = [threading.Thread(target=one, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]
    return results


def run_tests(*tests):
    in_memory()
    for test in tests:
        start = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            test(Office(folder))
        print(f"ok   {test.__name__.replace('_', ' ')} ({time.monotonic() - start:.1f} s)", flush=True)
