# SPDX-License-Identifier: GPL-2.0-or-later
"""What a command prints with --json follows the schema in data/schema that has the command's name."""
import json
import pathlib

import jsonschema

SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / "data/schema"


def follows_schema(words, text):
    command = [str(word) for word in words if not str(word).startswith("-")]
    for length in (3, 2, 1):
        name = "-".join(command[:length])
        if "/" not in name and (SCHEMAS / f"{name}.json").exists():
            jsonschema.validate(json.loads(text), json.loads((SCHEMAS / f"{name}.json").read_text()))
            return
    raise AssertionError(f"'{' '.join(command[:3])}' prints JSON and has no schema")
