#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Types into real shells and presses Tab: bash, zsh and fish complete what the command tables have."""
import os
import pathlib
import pty
import select
import subprocess
import sys
import tempfile

PROGRAMS = [pathlib.Path(p).resolve() for p in sys.argv[1:3]]
PATIENCE = 600

# What is typed ("\t": the Tab key) and the command line that the shell then runs.
TYPED = [
    ("suture transi\twa\tx", "suture transition wait x"),
    ("suture stat\t--js\t", "suture status --json"),
    ("suture expl\t", "suture explain"),  # suture-author's
    ("suture explain no-fe\t", "suture explain no-fentry"),
    ("suture build --kernel 6.\tx", "suture build --kernel 6.1.0-99-cloud-amd64 x"),
    ("suture kernel fet\t", "suture kernel fetch"),
    ("suture load fir\t", "suture load first.ko"),
    ("suture load --wait 5 fir\t", "suture load --wait 5 first.ko"),
    ("suture unload --he\t", "suture unload --help"),
    ("suture-server to\tne\t--ri\tst\t", "suture-server token new --ring stable"),
    ("suture-server run --rep\tfold\t", "suture-server run --repo folder/"),
    ("suture-server machine forg\tx", "suture-server machine forget x"),
]

START = {
    "bash": (["bash", "--noprofile", "--norc", "-i"],
             "source suture.bash; source suture-server.bash\n"),
    "zsh": (["zsh", "-f", "-i"],
            "fpath=($PWD $fpath); autoload -U compinit; compinit -u -D; "
            "unsetopt beep auto_remove_slash\n"),
}
# What is run tells what was typed.
# And what the completion asks for words, in a pipe, is told them.
ECHO = ("suture() { if [ -t 1 ]; then echo \"<<suture $*>>\"; elif [ \"$*\" = explain ]; then cat rules; "
        "else echo '6.1.0-99-cloud-amd64   6.1.999-1'; fi; }; "
        "suture-server() { echo \"<<suture-server $*>>\"; }\n")


FISH_SUTURE = ("function suture; if test \"$argv\" = explain; cat rules; else; "
               "echo '6.1.0-99-cloud-amd64   6.1.999-1'; end; end; ")


class Terminal:
    """An interactive shell on a terminal of its own."""

    def __init__(self, command, folder):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.environ.update(TERM="dumb", PS1="$ ", HOME=str(folder), HISTFILE="/dev/null")
            os.execvp(command[0], command)
        self.seen = ""

    def send(self, text):
        os.write(self.fd, text.encode())

    def read_until(self, mark):
        while mark not in self.seen:
            if not select.select([self.fd], [], [], PATIENCE)[0]:
                raise AssertionError(f"no '{mark}' came: {self.seen[-2000:]}")
            try:
                self.seen += os.read(self.fd, 65536).decode(errors="replace")
            except OSError:
                raise AssertionError(f"the shell ended: {self.seen[-2000:]}") from None
        before, _, self.seen = self.seen.partition(mark)
        return before

    def close(self):
        os.kill(self.pid, 9)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


def try_interactive(shell, folder):
    command, start = START[shell]
    terminal = Terminal(command, folder)
    try:
        terminal.send(start)
        terminal.send(ECHO)
        terminal.send("echo read''y\n")
        terminal.read_until("ready")
        for typed, wanted in TYPED:
            for part in typed.split("\t")[:-1]:
                terminal.send(part + "\t")
            terminal.send(typed.split("\t")[-1] + "\n")
            terminal.read_until("<<")
            ran = " ".join(terminal.read_until(">>").split())
            assert ran == wanted, f"{shell}: '{typed!r}' became '{ran}', not '{wanted}'"
    finally:
        terminal.close()


def try_fish(folder):
    def offered(line):
        done = subprocess.run(["fish", "--no-config", "-c", "source suture.fish; source "
                               "suture-server.fish; " + FISH_SUTURE + "complete -C $argv[1]", line], cwd=folder, text=True,
                              capture_output=True, check=True, timeout=PATIENCE,
                              env={**os.environ, "HOME": str(folder)})
        return [row.split("\t")[0] for row in done.stdout.splitlines()]
    for line, word in (("suture transi", "transition"), ("suture transition wa", "wait"),
                       ("suture status --js", "--json"), ("suture expl", "explain"),
                       ("suture explain no-fe", "no-fentry"),
                       ("suture build --kernel 6.", "6.1.0-99-cloud-amd64"),
                       ("suture kernel fet", "fetch"), ("suture load fir", "first.ko"),
                       ("suture-server token new --ring st", "stable"),
                       ("suture-server run --repo fold", "folder/"),
                       ("suture-server machine forg", "forget")):
        assert offered(line) == [word], f"fish: '{line}' offers {offered(line)}, not {word}"
    assert "fetch" not in offered("suture transition "), offered("suture transition ")


def every_row_is_in_every_script(scripts):
    """What --help lists, each script has."""
    for program in PROGRAMS:
        done = subprocess.run([program, "--help"], capture_output=True, text=True, check=True)
        names = [line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ")]
        assert len(names) > 2, done.stdout
        for name in names:
            for shell in ("bash", "zsh", "fish"):
                row = {"bash": f"_commands['/']+=' {name}'\n", "zsh": f"_commands[$_key]+='{name}:",
                       "fish": f"_at \"\"' -a {name} "}[shell]
                assert row in scripts[program.name, shell], f"{shell}: {program.name} has no {name}"


def main():
    scripts = {}
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        for program in PROGRAMS:
            for shell in ("bash", "zsh", "fish"):
                text = subprocess.run([program, "completion", shell], capture_output=True, text=True,
                                      check=True).stdout
                scripts[program.name, shell] = text
                name = f"_{program.name}" if shell == "zsh" else f"{program.name}.{shell}"
                (folder / name).write_text(text)
            done = subprocess.run([program, "completion", "tcsh"], capture_output=True)
            assert done.returncode == 64, done
        (folder / "first.ko").touch()
        (folder / "rules").write_bytes(subprocess.run([PROGRAMS[0], "explain"], capture_output=True, check=True).stdout)
        (folder / "folder").mkdir()
        every_row_is_in_every_script(scripts)
        for shell in START:
            try_interactive(shell, folder)
            print(f"ok   {shell}")
        try_fish(folder)
        print("ok   fish")


main()
