#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""manuals.py SUTURE MAN: every command of the program is in a manual page, every option in a page that
speaks of its command, every key of suture.conf in suture.conf(5), with its default."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

SUTURE, MAN = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
PAGES = {page.name: page.read_text().replace("\\", "") for page in MAN.glob("*.scd")}
AUTHORS = "For patch authors:"


def run(*words):
    done = subprocess.run([SUTURE, *words], text=True, capture_output=True, timeout=600, check=True)
    return done.stdout


def commands(*group):
    """("status",), ("boot", "enable"), ..."""
    heading = "Commands:" if group else "For a machine:"
    for line in run(*group, "--help").split(AUTHORS)[0].split(heading)[1].splitlines():
        row = re.match(r"  (\S+) ", line)
        if row:
            words = (*group, row[1])
            if "Commands:" in run(*words, "--help"):
                yield from commands(*words)
            else:
                yield words


def pages_of(words):
    """Pages that have the command in bold or in a line of their synopsis."""
    name = words[-1]
    if len(words) > 1:
        return [t for t in PAGES.values() if re.search(rf"suture {words[0]}\b", t) and f"{name}" in t]
    return [t for t in PAGES.values() if re.search(rf"\*(suture )?{name}\*", t)]


problems = []
count = 0
for words in commands():
    count += 1
    pages = pages_of(words)
    if not pages:
        problems.append(f"suture {' '.join(words)} is in no page")
    for option in re.findall(r"^ .*?--([a-z-]+)", run(*words, "--help").split("\nOptions:")[-1], re.M):
        if option != "help" and not any(f"--{option}" in page for page in pages):
            problems.append(f"suture {' '.join(words)}: no page of it has --{option}")
with tempfile.TemporaryDirectory() as root:
    keys = json.loads(run("config", "get", "--json", "--sysroot", root))
page = PAGES["suture.conf.5.scd"]
for key, row in keys.items():
    entry = re.search(rf"^\*{key}\*\n((\t.*\n|\n(?=\t))+)", page, re.M)
    if not entry:
        problems.append(f"suture.conf(5) has no {key}")
    elif row["value"] and not re.search(
            rf"(?<![a-z0-9]){row['value']}(?![a-z0-9])", entry[1]):
        problems.append(f"suture.conf(5): {key} does not tell its default, {row['value']}")
print("\n".join(problems) or f"{count} commands and {len(keys)} keys are in the manual")
sys.exit(bool(problems))
