#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""passphrase.py SUTURE-AUTHOR: somebody types passphrases on a real terminal. They are asked for twice
where a key is made, never shown, and the terminal is as before whatever happens."""
import os
import pathlib
import pty
import select
import subprocess
import sys
import tempfile
import termios
import time

AUTHOR = pathlib.Path(sys.argv[1]).resolve()
SECRET = "correct horse battery"
PATIENCE = 600


class Terminal:
    """One command on a terminal of its own, which outlives the command."""

    def __init__(self, folder, *words):
        self.master, self.slave = pty.openpty()
        self.before = termios.tcgetattr(self.slave)
        self.seen = ""
        self.pid = os.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.setsid()
            # The first terminal that a session's leader opens becomes its own.
            os.close(os.open(os.ttyname(self.slave), os.O_RDWR))
            for fd in (0, 1, 2):
                os.dup2(self.slave, fd)
            os.execv(AUTHOR, ["suture", *map(str, words)])

    def read_some(self, patience):
        if not select.select([self.master], [], [], patience)[0]:
            return False
        self.seen += os.read(self.master, 65536).decode(errors="replace")
        return True

    def wait_for(self, text):
        """Until it was written; from here on only what comes later counts."""
        while text not in self.seen:
            assert self.read_some(PATIENCE), f"no '{text}' came: {self.seen!r}"
        before, _, self.seen = self.seen.partition(text)
        return before

    def asked(self, question):
        """The question is there, and typing is not shown: the terminal was told before it was written."""
        self.wait_for(question)
        assert not termios.tcgetattr(self.slave)[3] & termios.ECHO, "what is typed would be shown"

    def type(self, keys):
        os.write(self.master, keys.encode())

    def end(self, status, *said):
        """It ended so and said that, not what was typed; the terminal is as it was."""
        deadline = time.monotonic() + PATIENCE
        while True:
            pid, ended = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                break
            assert time.monotonic() < deadline, f"it does not end: {self.seen!r}"
            self.read_some(0.05)
        while self.read_some(0):
            pass
        after = termios.tcgetattr(self.slave)
        os.close(self.master)
        os.close(self.slave)
        assert os.waitstatus_to_exitcode(ended) == status, (os.waitstatus_to_exitcode(ended), self.seen)
        assert after == self.before, "the terminal is not as it was"
        for text in said:
            assert text in self.seen, f"'{text}' is not in {self.seen!r}"
        assert SECRET not in self.seen, f"it shows the passphrase: {self.seen!r}"


def make_key(folder, name, *words):
    terminal = Terminal(folder, "key", "generate", *words, name)
    terminal.asked(f"New passphrase for {name}: ")
    terminal.type(SECRET + "\n")
    terminal.asked(f"Again, for {name}: ")
    terminal.type(SECRET + "\n")
    terminal.end(0, "private key")
    return folder / name


def run(folder, *words, status=0):
    done = subprocess.run([AUTHOR, *map(str, words)], cwd=folder, text=True, capture_output=True,
                          timeout=PATIENCE, stdin=subprocess.DEVNULL, start_new_session=True)
    assert done.returncode == status, (words, done.returncode, done.stdout, done.stderr)
    return done.stdout + done.stderr


def nothing_made(folder, name):
    left = [path.name for path in folder.iterdir() if path.name.startswith(name)]
    assert not left, f"left behind: {left}"


def a_key_is_made_and_asks_twice(folder):
    key = make_key(folder, "typed")
    assert "BEGIN ENCRYPTED PRIVATE KEY" in key.read_text()
    assert key.stat().st_mode & 0o777 == 0o600
    (folder / "secret").write_text(SECRET + "\n")
    run(folder, "key", "show", "--passphrase-file", "secret", "typed")  # what was typed is what counts


def another_second_time_is_refused(folder):
    for first, second, said in ((SECRET, SECRET + "x", "not the same"), ("", "", "empty passphrase"),
                                ("x" * 2000, "", None)):
        terminal = Terminal(folder, "key", "generate", "other")
        terminal.asked("New passphrase for other: ")
        terminal.type(first + "\n")
        if said:
            terminal.asked("Again, for other: ")
            terminal.type(second + "\n")
        terminal.end(1, said or "at most")
        nothing_made(folder, "other")


def control_c_leaves_the_terminal_as_it_was(folder):
    for typed, asked_again in (("", False), ("half of it", False), ("", True)):
        terminal = Terminal(folder, "key", "generate", "left")
        terminal.asked("New passphrase for left: ")
        if asked_again:
            terminal.type(SECRET + "\n")
            terminal.asked("Again, for left: ")
        terminal.type(typed + "\x03")
        terminal.end(130, "interrupted")
        nothing_made(folder, "left")


def keys_that_would_stop_it_are_part_of_nothing(folder):
    """Ctrl-Backslash and Ctrl-Z would leave a terminal without echo behind."""
    terminal = Terminal(folder, "key", "generate", "stops")
    terminal.asked("New passphrase for stops: ")
    terminal.type("\x1c\x1a" + SECRET + "\n")
    terminal.asked("Again, for stops: ")
    terminal.type(SECRET + "\n")
    terminal.end(1, "not the same")
    nothing_made(folder, "stops")


def a_key_that_is_there_is_not_asked_about(folder):
    make_key(folder, "there")
    Terminal(folder, "key", "generate", "there").end(1, "exists")


def without_a_terminal_it_says_what_to_do(folder):
    assert "--passphrase-file" in run(folder, "key", "generate", "none", status=64)
    nothing_made(folder, "none")


def a_module_is_signed(folder):
    make_key(folder, "module-key", "--type", "ecdsa")
    module = b"\x7fELF" + bytes(200)
    (folder / "x.ko").write_bytes(module)
    for typed, status in ((SECRET + "x", 1), (SECRET, 0)):
        terminal = Terminal(folder, "sign", "--key", "module-key", "-c", "module-key.crt", "x.ko")
        terminal.asked("Passphrase of module-key: ")
        terminal.type(typed + "\n")
        terminal.end(status, *(["passphrase"] if status else []))
        assert (folder / "x.ko").read_bytes().endswith(b"~Module signature appended~\n") == (status == 0)


def a_repository_is_made_signed_and_published(folder):
    for name in ("root", "online", "release"):
        make_key(folder, name)
    run(folder, "repo", "init", "repository", "--key", "root=root.pub", "--key", "online=online.pub", "--key",
        "all=release.pub")
    terminal = Terminal(folder, "repo", "sign", "repository", "--key", "root", "--key", "release")
    for name in ("root", "release"):
        terminal.asked(f"Passphrase of {name}: ")
        terminal.type(SECRET + "\n")
    terminal.end(0)
    terminal = Terminal(folder, "repo", "publish", "repository", "--key", "online")
    terminal.asked("Passphrase of online: ")
    terminal.type("\x03")
    terminal.end(130, "interrupted")
    assert not (folder / "repository/timestamp.json").exists()
    terminal = Terminal(folder, "repo", "publish", "repository", "--key", "online")
    terminal.asked("Passphrase of online: ")
    terminal.type(SECRET + "\n")
    terminal.end(0)
    run(folder, "repo", "verify", "repository")


for test in (a_key_is_made_and_asks_twice, another_second_time_is_refused,
             control_c_leaves_the_terminal_as_it_was, keys_that_would_stop_it_are_part_of_nothing,
             a_key_that_is_there_is_not_asked_about, without_a_terminal_it_says_what_to_do,
             a_module_is_signed, a_repository_is_made_signed_and_published):
    with tempfile.TemporaryDirectory() as place:
        test(pathlib.Path(place))
    print(f"ok   {test.__name__.replace('_', ' ')}", flush=True)
