# SPDX-License-Identifier: GPL-2.0-or-later
"""A chapter of the tutorial as a test reads it: what is to be written, typed and seen, in order. Whatever
looks like code and is none of this is an error, so that nothing in a chapter goes untested."""
import re

FENCE = re.compile(r"(`{3,}|~{3,})\s*(.*)$")
FILE_KINDS = {"c", "conf", "diff", "make", "sh", "text"}


class Bad(Exception):
    """The text, or what came of it, is wrong: FILE:LINE: why."""


class Block:
    """kind "file": `name` gets `lines`. Kind "console": commands for `machine` (None: the reader's own)."""

    def __init__(self, where, kind, attributes, lines, machine=None):
        self.where, self.kind, self.attributes = where, kind, attributes
        self.lines, self.machine = lines, machine

    def commands(self):
        """(line number, prompt, command, expected lines), a command's '\\' at the end goes on below."""
        found, number = [], self.where[1]
        lines = iter(self.lines)
        for line in lines:
            number += 1
            if line[:2] not in ("$ ", "# "):
                if not found:
                    raise Bad(f"{self.where[0]}:{number}: output before any command")
                found[-1][3].append((number, line))
                continue
            at, command = number, line[2:]
            while command.endswith("\\"):
                command += "\n" + next(lines, "")
                number += 1
            found.append((at, line[0], command, []))
        if not found:
            raise Bad(f"{self.where[0]}:{self.where[1]}: a console without a command")
        return found


def make_block(where, words, lines):
    place = f"{where[0]}:{where[1]}"
    kind, attributes, names = (words or [""])[0], {}, []
    for word in words[1:]:
        key, equals, value = word.partition("=")
        if equals:
            attributes[key] = value
        else:
            names.append(word)
    if kind == "console":
        if len(names) > 1 or set(attributes) - {"status"}:
            raise Bad(f"{place}: a console takes a machine's name and status=N, not {words[1:]}")
        return Block(where, kind, attributes, lines, names[0] if names else None)
    if kind not in FILE_KINDS or names or set(attributes) != {"file"}:
        raise Bad(f"{place}: a block '{' '.join(words)}' is tested by nothing: it must be a console, or one "
                  f"of {', '.join(sorted(FILE_KINDS))} with file=NAME")
    if not re.fullmatch(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)?", attributes["file"]) or \
            ".." in attributes["file"]:
        raise Bad(f"{place}: '{attributes['file']}' is not a file in the tutorial's folder")
    return Block(where, "file", attributes, lines)


def read_blocks(name, text):
    blocks, lines = [], enumerate(text.splitlines(), 1)
    for number, line in lines:
        if re.match(r"(    |\t)\s*\S", line):
            raise Bad(f"{name}:{number}: an indented block is tested by nothing; use a fence")
        if re.match(r"\s*<(pre|code)", line, re.IGNORECASE):
            raise Bad(f"{name}:{number}: {line.strip()[:20]} is tested by nothing; use a fence")
        opening = FENCE.match(line.strip())
        if not opening:
            continue
        if not line.startswith(opening[1]):
            raise Bad(f"{name}:{number}: a fence begins in the first column")
        inside = []
        for _, line in lines:
            if line.strip() == opening[1]:
                break
            inside.append(line)
        else:
            raise Bad(f"{name}:{number}: this block has no end")
        blocks.append(make_block((name, number), opening[2].split(), inside))
    return blocks


# What differs from run to run, in the text as in the output.
VARIES = [
    (re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?(Z| \+0000| UTC)?"), "<date>"),
    (re.compile(r"\b\d\d:\d\d:\d\d\b"), "<clock>"),
    (re.compile(r"\[ *\d+\.\d{6}\]"), "[<uptime>]"),
    (re.compile(r"\b\d+(\.\d+)? (s|min|h|d)\b"), "<span>"),
    (re.compile(r"\b[0-9a-f]{16,}\b"), "<hex>"),
    (re.compile(r"[ \t]+"), " "),
]


def normal(line):
    for pattern, word in VARIES:
        line = pattern.sub(word, line)
    return line.strip()


def line_pattern(expected):
    return re.compile(".*".join(re.escape(part) for part in normal(expected).split("...")))


def first_difference(expected, output):
    """None if the output is what [(number, line)...] says, else the number of the line that it misses, or 0
    for output that comes after all of them. A line '...' stands for any lines or none."""
    reached = {0}  # how many lines of output may be used up so far
    for number, line in expected:
        if line.strip() == "...":
            reached = set(range(min(reached), len(output) + 1))
            continue
        pattern = line_pattern(line)
        reached = {at + 1 for at in reached
                   if at < len(output) and pattern.fullmatch(normal(output[at]))}
        if not reached:
            return number
    return None if len(output) in reached else 0
