# SPDX-License-Identifier: GPL-2.0-or-later
"""A stock Debian kernel to test with, and the small modules and programs for its machines."""
import json
import lzma
import pathlib
import re
import shutil
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
# An emulated processor stands still when its host does. What really hangs is ended by the time-out.
NO_WATCHDOGS = "nowatchdog rcupdate.rcu_cpu_stall_suppress=1 sysctl.kernel.hung_task_timeout_secs=0"


class Failure(Exception):
    """What a case did wrong, in words."""


def tool(*words, **more):
    """Runs a program that must work."""
    result = subprocess.run([str(w) for w in words], capture_output=True, text=True, **more)
    if result.returncode:
        raise Failure(f"{words[0]} failed with status {result.returncode}:\n"
                      f"{result.stdout[-2000:]}{result.stderr[-2000:]}")
    return result.stdout


class Lab:
    """A kernel of a series, and a work folder of its own."""

    def __init__(self, suture, series, work):
        # Absolute: a Path of "./suture" prints as "suture", which is looked for in PATH.
        self.suture = pathlib.Path(suture).resolve()
        self.series = series
        self.kernel = self.find_kernel()
        self.release = self.kernel["release"]
        self.work = work / self.release
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)

    def find_kernel(self):
        """The newest cloud kernel of the series: from the cache, else fetched."""
        pattern = re.compile(rf"{re.escape(self.series)}\.\d.*-cloud-amd64")
        kernels = [k for k in json.loads(tool(self.suture, "kernel", "list", "--json"))
                   if pattern.fullmatch(k["release"])]
        if not kernels:
            tool(self.suture, "kernel", "fetch", "--newest", self.series, "--flavour", "cloud")
            return self.find_kernel()
        return kernels[-1]

    # What the machine gets besides the livepatches

    def build_helper(self, name):
        folder = self.work / "helpers" / name
        built = folder / f"{name}.ko"
        if not built.exists():
            folder.mkdir(parents=True)
            shutil.copy(HERE / f"helpers/{name}.c", folder)
            (folder / "Kbuild").write_text(f"obj-m := {name}.o\n")
            tool("make", "-s", "-C", self.kernel["source"], f"M={folder}",
                 *self.kernel["make_args"], "modules")
        return built

    def build_levels(self, folder):
        """The livepatches of tests/lab/fleet_modules for this kernel, in a folder that is made."""
        shutil.copytree(HERE / "fleet_modules", folder)
        (folder / "identity.h").write_text(
            f'#define KERNEL_BUILD_ID "{self.kernel["id"]["build_id"]}"\n')
        tool("make", "-s", "-C", self.kernel["source"], f"M={folder}", *self.kernel["make_args"],
             "modules")
        tool("strip", "--strip-debug", *sorted(folder.glob("suture_*.ko")))
        return folder

    def build_program(self, name):
        built = self.work / "programs" / name
        if not built.exists():
            built.parent.mkdir(exist_ok=True)
            tool("gcc", "-static", "-O1", "-Wall", "-Werror", "-I", HERE.parents[1] / "src",
                 "-o", built,
                 HERE / f"helpers/{name}.c")
        return built

    def module_order(self, name, order):
        """Files of a module of the kernel and of what it needs, in loading order."""
        pattern = re.sub("[-_]", "[-_]", name) + ".ko*"
        found = sorted(pathlib.Path(self.kernel["modules"]).rglob(pattern))
        if len(found) != 1:
            raise Failure(f"{len(found)} files are the module {name}: {found}")
        for need in tool("/sbin/modinfo", "-F", "depends", found[0]).strip().split(","):
            if need:
                self.module_order(need, order)
        file = self.unpacked(found[0])
        if file not in order:
            order.append(file)
        return order

    def unpacked(self, file):
        """busybox hands packed modules to the kernel first, which complains in its log."""
        if file.suffix != ".xz":
            return file
        built = self.work / "modules" / file.stem
        if not built.exists():
            built.parent.mkdir(exist_ok=True)
            built.write_bytes(lzma.decompress(file.read_bytes()))
        return built
