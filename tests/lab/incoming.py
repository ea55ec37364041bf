# SPDX-License-Identifier: GPL-2.0-or-later
"""What a machine without a network is handed in: a signed repository with the levels one and two for its
kernel, as its fetcher would have brought it, and the configuration that trusts it."""
import hashlib
import pathlib
import sys
import tarfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(1, str(HERE.parent / "e2e/repo"))
from shop import Failed, Shop  # noqa: E402,F401


def make_incoming(lab, extra=""):
    """Signed for real; the kernel is the only one who has to like the modules. Returns the files."""
    built, build_id = lab.build_levels(lab.work / "levels"), lab.kernel["id"]["build_id"]
    shop = Shop(lab.suture, lab.work)
    shop.init()
    for name in ("one", "two"):
        content = (built / f"suture_{name}.ko").read_bytes()
        shop.module(name, build_id, content, module={
            "name": f"suture_{name}", "sha256": hashlib.sha256(content).hexdigest()})
        shop.run("repo", "add", shop.repo, "--ring", "stable", "--evidence", f"{name}.evidence.json",
                 f"{name}.ko")
    shop.sign("root1", "root2", "release")
    shop.publish()
    archive, config = lab.work / "incoming.tar", lab.work / "suture.conf"
    with tarfile.open(archive, "w") as tar:
        for path in sorted(shop.repo.iterdir()):
            if not path.name.startswith("."):
                tar.add(path, path.name)
    digest = hashlib.sha256((shop.repo / "1.root.json").read_bytes()).hexdigest()
    config.write_text(f"repo = http://127.0.0.1\nroot_fingerprint = {digest}\n{extra}")
    return archive, config
