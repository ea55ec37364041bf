#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""bench/coverage counts what is accepted among all changes, and among those that alter code.

    coverage_totals.py BENCH/COVERAGE
"""
import importlib.machinery
import importlib.util
import io
import sys

sys.dont_write_bytecode = True
loader = importlib.machinery.SourceFileLoader("coverage", sys.argv[1])
coverage = importlib.util.module_from_spec(importlib.util.spec_from_loader("coverage", loader))
loader.exec_module(coverage)


def row(file, verdict, changed, new, initialisation=0, slugs=("data-changed",)):
    return {"file": file, "verdict": verdict, "slugs": [] if verdict == "accepted" else list(slugs),
            "functions": changed, "seconds": 1.0, "group": [], "message": "words", "findings": [],
            "code": {"changed": changed, "new": new, "initialisation": initialisation}}


def said(rows):
    out = io.StringIO()
    coverage.totals(rows, out)
    return out.getvalue()


ROWS = [row("one.c", "accepted", 3, 0), row("two.c", "accepted", 1, 2), row("table.c", "accepted", 0, 0),
        row("members.c", "refused", 2, 0, slugs=["layout-changed"]), row("ops.c", "refused", 0, 1),
        row("match.c", "refused", 0, 0, 2), row("exit.c", "init-only", 0, 0, 1, ["init-code"]),
        row("other.c", "not-built", 0, 0, slugs=["not-built"])]
UNKNOWN = {**row("odd.c", "refused", 0, 0, slugs=["unknown-section"]), "code": None}


def both_shares_are_told():
    text = said(ROWS)
    assert "of 6 changes that compile and are accepted or refused 3 are accepted: 50.0 %" in text, text
    assert "of the 4 that alter code (a function differs, or is new) 2 are accepted: 50.0 %" in text, text
    assert "of the 3 in which a function that was there differs 2 are accepted: 66.7 %" in text, text
    assert "of the 2 that alter only data 1 are accepted, 1 are not" in text, text
    assert "with the 1 that change nothing but initialisation" in text, text
    assert "42.9 % of 7" in text, text
    assert "count as altering code" not in text, text


def refusals_of_data_are_listed_apart():
    code, data = said(ROWS).split("refused, and alters only data: 1\n")
    code = code.split("refused, and alters code: 2\n")[1]
    assert "members.c: layout-changed" in code and "ops.c: data-changed" in code, code
    assert "match.c: data-changed" in data and "members.c" not in data, data


def what_was_never_compared_counts_as_code():
    text = said([*ROWS, UNKNOWN])
    assert "of the 5 that alter code (a function differs, or is new) 2 are accepted: 40.0 %" in text, text
    assert "1 of them are of an older suture or were never compared" in text, text


def files_that_need_each_other_count_once():
    pair = [{**row("left.c", "accepted", 1, 0), "group": ["both.h", "right.c"]},
            {**row("right.c", "accepted", 1, 0), "group": ["both.h", "left.c"]}]
    text = said([*ROWS, *pair])
    assert "1 of them are the same group of files as another one" in text, text
    assert "of 7 changes that compile and are accepted or refused 4 are accepted: 57.1 %" in text, text
    assert "same group" not in said(ROWS)


def nothing_is_divided_by_nothing():
    assert "%" not in said([row("other.c", "not-built", 0, 0, slugs=["not-built"])])
    assert "alter code (a function differs, or is new) 0 are accepted: none" in \
        said([row("match.c", "refused", 0, 0)])


for test in (both_shares_are_told, refusals_of_data_are_listed_apart,
             what_was_never_compared_counts_as_code, files_that_need_each_other_count_once,
             nothing_is_divided_by_nothing):
    test()
    print("ok", test.__name__)
