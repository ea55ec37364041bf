# SPDX-License-Identifier: GPL-2.0-or-later
"""A small Debian with systemd in a throw-away machine: a file system made once by mmdebstrap, a disk copied
from it, and boots of that disk with a stock kernel. No network at all: what a boot needs is handed in
by the initramfs, what it says comes out of the second serial port."""
import contextlib
import fcntl
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "lab"))
from lab import Failure, tool  # noqa: E402

RELEASE = "bookworm"
BASE = ["systemd", "systemd-sysv", "udev", "kmod", "procps", "util-linux"]
DISK = "1500M"
# mmdebstrap's, which keeps packages from starting anything; it takes it away only after all hooks.
AWAY = "/usr/sbin/policy-rc.d"
# Loaded in this order; what a kernel has built in is passed over.
DISK_MODULES = ["virtio_pci", "virtio_blk"]
# As src/lab/machine.c has it.
KERNEL_ARGUMENTS = "no_timer_check console=ttyS0 panic=-1 oops=panic systemd.show_status=no"

INIT = """#!/bin/busybox sh
b=/bin/busybox
$b mkdir -p /proc /dev /root
$b mount -t proc proc /proc
$b mount -t devtmpfs devtmpfs /dev
for module in $($b cat /modules/order); do
	$b insmod /modules/$module
done
$b mount -t ext4 -o rw /dev/vda /root || $b reboot -f
$b rm -rf /root/lab
$b cp -a /lab /root/lab
$b umount /proc
$b mount -o move /dev /root/dev
exec $b switch_root /root /sbin/init
"""

# Simple: systemd counts the boot as finished while it still runs. It goes into the journal's order after
# everything that a boot starts.
UNIT = """[Unit]
Description=What this boot is for
After=multi-user.target

[Service]
Type=simple
Environment=DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 HOME=/root
ExecStart=/bin/sh -c 'cd /lab && /bin/sh /lab/story >/dev/ttyS1 2>&1; sync; systemctl reboot'

[Install]
WantedBy=graphical.target multi-user.target
"""


@contextlib.contextmanager
def locked(path):
    with open(path, "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def sources():
    """Debian's own packages as this machine gets them; strangers' are not wanted."""
    folder = pathlib.Path("/etc/apt")
    found = [folder / "sources.list", *sorted((folder / "sources.list.d").glob("*"))]
    return [p for p in found if p.is_file() and p.suffix in (".list", ".sources") and
            re.search(r"debian\.org|/debian", p.read_text())]


def dependencies(debs):
    """What the packages need of Debian: the first of each alternative."""
    names = set()
    for deb in debs:
        for field in tool("dpkg-deb", "-f", deb, "Depends", "Pre-Depends").splitlines():
            for part in field.split(":", 1)[1].split(","):
                name = part.split("|")[0].split("(")[0].strip()
                if name and not name.startswith("suture"):
                    names.add(name)
    return sorted(names)


def base_image(cache, packages):
    """The file system, made once for each list of packages."""
    wanted = sorted({*BASE, *packages})
    key = hashlib.sha256("\n".join([*wanted, DISK, UNIT, AWAY]).encode()).hexdigest()[:16]
    folder = cache / "guests"
    folder.mkdir(parents=True, exist_ok=True)
    image = folder / f"{RELEASE}-{key}.ext4"
    with locked(folder / "lock"):
        if not image.exists():
            make_image(image, wanted)
    return image


def make_image(image, packages):
    """The hooks run inside of mmdebstrap's own root, so that this also works without being root."""
    work = image.with_suffix(".making")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    work.chmod(0o1777)
    (work / "lab.service").write_text(UNIT)
    made, bare = work / "image", work / "bare"
    bare.mkdir()
    subprocess.run(["truncate", "-s", DISK, made], check=True)
    made.chmod(0o666)
    hooks = [
        f'cp {work}/lab.service "$1/etc/systemd/system/"',
        'chroot "$1" systemctl enable lab.service',
        'chroot "$1" systemctl set-default multi-user.target',
        'chroot "$1" systemctl mask apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer '
        'fstrim.timer systemd-pstore.service',
        'echo guest > "$1/etc/hostname"',
        'echo 127.0.0.1 localhost guest > "$1/etc/hosts"',
        'rm -rf "$1"/var/cache/apt/* "$1"/var/lib/apt/lists/* "$1"/usr/share/doc "$1"/usr/share/locale',
        # Without /proc and all that is mounted there.
        f'unshare --mount sh -c \'mount --bind "$1" {bare} && exec mke2fs -q -F -t ext4 -O ^has_journal '
        f'-m 0 -d {bare} {made}\' sh "$1"',
    ]
    # A journal of the file system is worth nothing here: what is lost with the power is another test's.
    tool("mmdebstrap", "--quiet", "--variant=minbase", "--format=null", f"--include={','.join(packages)}",
         *[f"--customize-hook={hook}" for hook in hooks], RELEASE, "/dev/null", *sources())
    tool("debugfs", "-w", "-R", f"rm {AWAY}", made)
    made.chmod(0o644)
    made.rename(image)
    shutil.rmtree(work)


class Guest:
    """One disk, and boots of it."""

    def __init__(self, lab, image, work):
        self.lab, self.work = lab, pathlib.Path(work)
        self.disk = self.work / "disk"
        tool("cp", "--sparse=always", image, self.disk)

    def initramfs(self, story, files):
        root = self.work / "initramfs"
        shutil.rmtree(root, ignore_errors=True)
        for folder in ("bin", "modules", "lab"):
            (root / folder).mkdir(parents=True)
        shutil.copy(shutil.which("busybox", path="/bin:/usr/bin"), root / "bin/busybox")
        order = []
        for name in DISK_MODULES:
            if list(pathlib.Path(self.lab.kernel["modules"]).rglob(f"{name}.ko*")):
                self.lab.module_order(name, order)
        for module in order:
            shutil.copy(module, root / "modules")
        (root / "modules/order").write_text("\n".join(m.name for m in order))
        (root / "init").write_text(INIT)
        (root / "init").chmod(0o755)
        (root / "lab/story").write_text(story)
        for file in files:
            copy = shutil.copytree if file.is_dir() else shutil.copy
            copy(file, root / "lab" / file.name)
        made = self.work / "initramfs.cpio"
        with open(made, "wb") as out:
            names = subprocess.run(["find", ".", "-print0"], cwd=root, check=True, capture_output=True).stdout
            subprocess.run(["cpio", "-0", "-o", "-H", "newc", "--quiet", "--owner=0:0"], cwd=root,
                           input=names, stdout=out, check=True)
        shutil.rmtree(root)
        return made

    def boot(self, name, story, files=(), arguments="", patience=1200):
        """Runs until the guest reboots. Returns what the story said; it must have come to its end."""
        console, said = self.work / f"{name}.console", self.work / f"{name}.said"
        command = ["qemu-system-x86_64", "-accel", "tcg", "-cpu", "max", "-m", "768", "-smp", "2", "-nodefaults",
                   "-no-user-config", "-display", "none", "-no-reboot", "-nic", "none",
                   "-kernel", pathlib.Path(self.lab.kernel["folder"]) / self.lab.kernel["vmlinux"],
                   "-initrd", self.initramfs(story, files),
                   "-drive", f"file={self.disk},format=raw,if=virtio,cache=unsafe",
                   "-append", f"{KERNEL_ARGUMENTS} {arguments}".strip(),
                   "-serial", f"file:{console}", "-serial", f"file:{said}"]
        try:
            subprocess.run([str(w) for w in command], timeout=patience, check=True, capture_output=True,
                           text=True)
        except subprocess.TimeoutExpired as late:
            raise Failure(f"{name}: the machine did not end in {patience} s\n{self.tail(console, said)}") from late
        except subprocess.CalledProcessError as bad:
            raise Failure(f"{name}: {bad.stderr}") from bad
        text = said.read_text(errors="replace").replace("\r", "")
        if not re.search(r"^@end$", text, re.MULTILINE):
            raise Failure(f"{name}: the story broke off\n{self.tail(console, said)}")
        return text

    @staticmethod
    def tail(console, said):
        def end(path, size):
            return path.read_text(errors="replace").replace("\r", "")[-size:] if path.exists() else ""
        return f"{end(console, 1500)}\n--- it said:\n{end(said, 30000)}"
