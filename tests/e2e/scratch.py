# SPDX-License-Identifier: GPL-2.0-or-later
"""Where tests put what is synced at every step: how long the disk takes for that, while other tests
write to it, is not what they try."""
import os
import tempfile

PLACE, ROOM = "/dev/shm", 256 << 20


def in_memory():
    """Temporary folders of this test are there if there is room and programs can be run from it."""
    if os.access(PLACE, os.W_OK):
        space = os.statvfs(PLACE)
        if space.f_bavail * space.f_frsize > ROOM and not space.f_flag & os.ST_NOEXEC:
            tempfile.tempdir = PLACE
