# SPDX-License-Identifier: GPL-2.0-or-later
"""The packages that "make deb" made, and the same ones as a later version."""
import subprocess

NEWER = "+newer"


def packages(folder):
    return {deb.name.split("_")[0]: deb for deb in folder.glob("*.deb") if "-dbgsym" not in deb.name}


def newer(deb, folder, change=None):
    """The same package as a later version; change(tree) may alter what is in it."""
    tree = folder / f"tree-{deb.name}"
    subprocess.run(["dpkg-deb", "-R", deb, tree], check=True)
    control = (tree / "DEBIAN/control").read_text()
    version = next(line.split()[1] for line in control.splitlines() if line.startswith("Version:"))
    control = control.replace(f"Version: {version}", f"Version: {version}{NEWER}")
    control = control.replace(f"(= {version})", f"(= {version}{NEWER})")
    (tree / "DEBIAN/control").write_text(control)
    if change:
        change(tree)
    made = folder / f"newer-{deb.name}"
    subprocess.run(["dpkg-deb", "-Znone", "--root-owner-group", "-b", tree, made], check=True,
                   stdout=subprocess.DEVNULL)
    return made
