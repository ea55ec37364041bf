# SPDX-License-Identifier: GPL-2.0-or-later
"""When a program that was started may be interrupted: before it handles the signal, it would just die."""
import pathlib
import signal
import time


def catches_interrupt(process):
    """Proc(5), SigCgt of its status; also true when it is over."""
    if process.poll() is not None:
        return True
    text = pathlib.Path(f"/proc/{process.pid}/status").read_text()  # a zombie still has one
    caught, = (line.split()[1] for line in text.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught, 16) >> (signal.SIGINT - 1) & 1)


def wait_until_it_catches_interrupt(process):
    end = time.monotonic() + 600
    while not catches_interrupt(process):
        assert time.monotonic() < end, "it never began"
        time.sleep(0.005)
