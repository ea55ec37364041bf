#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every system call of the agent fails once, or is its last: level 1 is in force, level 2 is to come.
Whatever happens, the machine is on one of them, and says on which: at once, after the next run, and
after a power cut in the place of the next run. SUTURE_FAULTS=all tries every call; without it reading
calls are sampled."""
import collections
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile

from machine import Desk, Machine, shop

SUTURE, FETCH, AGENT = (pathlib.Path(word).resolve() for word in sys.argv[1:4])
EVERY = os.environ.get("SUTURE_FAULTS") == "all"
CHANGING = "write fsync rename renameat2 mkdir unlink rmdir fchmod unlinkat mkdirat ftruncate".split()
READING = "openat read getdents64 flock newfstatat fstat pread64 openat2 statx".split()
SCRATCH = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
LEVELS = {"suture_one": 1, "suture_two": 2}


class Scene:
    """A machine just before level 2 is applied, of which copies are made."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "desk").mkdir()
        desk = Desk(SUTURE, folder / "desk")
        desk.init()
        desk.sign("root1", "root2", "release")
        desk.offer("one")
        self.original = Machine(FETCH, AGENT, folder / "original")
        with shop.Server(desk.repo) as server:
            self.original.trust(desk.repo, server.url)
            self.original.fetch()
            self.original.apply()
            self.original.write("proc/uptime", "2000.00 0.00\n")
            self.original.apply()
            desk.offer("two")
            self.before_fetch = folder / "before_fetch"
            shutil.copytree(self.original.root, self.before_fetch)
            self.original.fetch()
        self.repo = desk.repo

    def copy(self, of=None):
        folder = self.folder / "copy"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(of or self.original.root, folder, symlinks=True)
        machine = Machine.__new__(Machine)
        machine.fetcher, machine.agent, machine.root = str(FETCH), str(AGENT), folder
        return machine


def check(wanted, what, found):
    if not wanted:
        raise shop.Failed(f"{what}: {found}")


def in_force(machine, what):
    """What the status says is what the kernel has, and that is one patch."""
    loaded = machine.loaded()
    check(len(loaded) == 1, f"{what}: not exactly one patch", loaded)
    said = machine.status()["protection"]["level"]
    check(said == LEVELS[loaded[0]], f"{what}: the status says level {said}", loaded)
    return loaded[0]


def next_run(scene, what, tampered):
    """The ordinary next run, on a copy of what the fault left."""
    check(tampered.loaded(), f"{what}: no patch in force", tampered.loaded())
    tampered.apply()
    check(in_force(tampered, what) == "suture_two", f"{what}: the next run", tampered.loaded())
    states = {name: life["state"] for name, life in tampered.lives().items()}
    check(states == {"one": "replaced", "two": "applied-probation"}, what, states)
    left_off = [life["name"] for life in tampered.lives().values() if life["left_off"]]
    check(not left_off, f"{what}: called taken off by hand", left_off)
    leftovers = [p.name for folder in ("patches", "trust")
                 for p in tampered.path(f"var/lib/suture/{folder}").rglob("*.tmp-*")]
    check(not leftovers, f"{what}: half-written files", leftovers)


def power_cut(scene, what, tampered):
    """Nothing else ran: the machine boots again, loads what was committed, and then runs."""
    tampered.boot("second")
    tampered.write("proc/uptime", "10.00 0.00\n")
    for words in (["--boot"], []):
        done = subprocess.run([str(AGENT), "--root", str(tampered.root), *words],
                              capture_output=True, text=True)
        check(done.returncode in (0, 6, 10), f"{what}: after the power cut {words}",
              (done.returncode, done.stderr))
        name = in_force(tampered, f"{what}: after the power cut {words}")
    two = tampered.lives().get("two")
    crashed = two and two["state"] == "crashed-previously"
    check(name == ("suture_one" if crashed else "suture_two"), f"{what}: after the power cut",
          (name, two))
    return crashed


def inject(machine, call, fault, program=(str(AGENT),)):
    done = subprocess.run(["strace", "-f", "-qq", "-o", str(machine.root / "trace"),
                           "-e", f"trace={call}", "-e", f"inject={call}:{fault}",
                           *program, "--root", str(machine.root)],
                          capture_output=True, text=True, timeout=600)
    trace = (machine.root / "trace").read_text()
    check(done.returncode in (0, 1, 6, 9, 10, 75, 77, 127, -9, 137),
          f"{call} {fault}: status {done.returncode}", done.stderr)
    return "(INJECTED)" in trace or "+++ killed by SIGKILL" in trace


def count_calls(scene):
    machine = scene.copy()
    trace = machine.root / "trace"
    subprocess.run(["strace", "-f", "-qq", "-o", str(trace), str(AGENT), "--root",
                    str(machine.root)], check=True, capture_output=True)
    check(machine.loaded() == ["suture_two"], "without a fault", machine.loaded())
    return collections.Counter(re.findall(r"^\d+ +(\w+)\(", trace.read_text(), re.M))


def numbers(count, call, least):
    step = least if call in CHANGING else max(1, count // 8)
    return range(1, count + 1, 1 if EVERY else step)


def sweep(scene, calls, fault, ending="", step=1):
    tried = ends = 0
    for call, count in sorted(calls.items()):
        for number in numbers(count, call, step):
            machine = scene.copy()
            what = f"{call} number {number}, {fault}"
            check(inject(machine, call, f"{fault}:when={number}{ending}"), what, "did not happen")
            tried += 1
            folder = scene.folder / "after"
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(machine.root, folder)
            next_run(scene, what, machine)
            machine.root = folder
            ends += bool(power_cut(scene, what, machine))
    print(f"ok {fault}{' and from then on' if ending else ''}: {tried} places, "
          f"{ends} of them a crash at the next boot", flush=True)
    check(tried > 20, "places", tried)


def fetch_sweep(scene, fault, step):
    """The fetcher fails at each call that changes something: the agent stays where it is or goes on,
    and the next fetch puts it right."""
    program, tried = (str(FETCH), "--now"), 0
    with shop.Server(scene.repo) as server:
        machine = scene.copy(scene.before_fetch)
        machine.trust(scene.repo, server.url)
        trace = machine.root / "trace"
        subprocess.run(["strace", "-f", "-qq", "-o", str(trace), *program, "--root",
                        str(machine.root)], check=True, capture_output=True)
        calls = collections.Counter(re.findall(r"^\d+ +(\w+)\(", trace.read_text(), re.M))
        for call in CHANGING:
            for number in range(1, calls[call] + 1, 1 if EVERY else step):
                machine = scene.copy(scene.before_fetch)
                machine.trust(scene.repo, server.url)
                what = f"fetch: {call} number {number}, {fault}"
                inject(machine, call, f"{fault}:when={number}", program)
                subprocess.run([str(AGENT), "--root", str(machine.root)], capture_output=True)
                in_force(machine, what)
                machine.fetch()
                next_run(scene, what, machine)
                tried += 1
    print(f"ok fetch, {fault}: {tried} places", flush=True)
    check(tried > 10, "places", tried)


def file_size_limit(scene):
    """A real limit of the kernel's in the place of an injected one."""
    for limit in (0, 100, 1000):
        machine = scene.copy()

        def shrink():
            import signal
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        done = subprocess.run([str(AGENT), "--root", str(machine.root)], capture_output=True,
                              text=True, preexec_fn=shrink)
        check(done.returncode in (1, 6), f"limit {limit}", (done.returncode, done.stderr))
        next_run(scene, f"limit {limit}", machine)
    print("ok no file may grow", flush=True)


def main():
    with tempfile.TemporaryDirectory(dir=SCRATCH) as folder:
        scene = Scene(pathlib.Path(folder))
        calls = count_calls(scene)
        changing = {c: calls[c] for c in CHANGING if calls[c]}
        reading = {c: calls[c] for c in READING if calls[c]}
        print(f"the agent's run: {sum(calls.values())} system calls, "
              f"{sum(changing.values())} of them change something", flush=True)
        sweep(scene, changing, "signal=KILL")
        sweep(scene, {**changing, **reading}, "error=EIO", step=2)
        sweep(scene, changing, "error=ENOSPC", "+", step=3)
        fetch_sweep(scene, "signal=KILL", 2)
        fetch_sweep(scene, "error=EIO", 3)
        file_size_limit(scene)


if __name__ == "__main__":
    main()
