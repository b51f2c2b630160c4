#!/usr/bin/env python3
"""Writes docs/codes.md from lib/refusal/refusals.def. usage: scripts/codes.py"""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[1]


def page():
    lines = ["# Why a layer is left as it is", "",
             "`lpt-opt --explain`, `-v` and the reports give a code and a sentence about the layer. This page is written by",
             "`scripts/codes.py` from `lib/refusal/refusals.def`."]
    table = False
    for line in (ROOT / "lib/refusal/refusals.def").read_text().splitlines()[2:]:
        if line.startswith("// "):
            lines += ["", f"## {line[3:].rstrip('.')}", "", "| code | what it means, and what to do |", "|---|---|"]
        elif found := re.fullmatch(r'REFUSAL\((\w+), "(.*)"\)', line):
            lines.append(f"| `{found[1].replace('_', '-')}` | {found[2]} |")
        elif line:
            raise SystemExit(f"refusals.def: {line!r} is no reason")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    (ROOT / "docs/codes.md").write_text(page())
