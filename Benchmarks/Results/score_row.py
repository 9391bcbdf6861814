# SPDX-License-Identifier: Apache-2.0
"""Turns the JSON of the scorer on standard input into a row of a Markdown table.

usage: score_row.py CELL...  the first cells of the row
"""
import json
import sys

s = json.load(sys.stdin)
cells = sys.argv[1:] + [
    f"{100 * s['valid']:.2f} %", f"{s['mae']:.4f}", f"{s['rmse']:.4f}", f"{s['vector_mean']:.4f}",
    f"{s['rms_error_over_sigma']:.2f}", f"{100 * s['coverage_68']:.1f} %",
]
print("| " + " | ".join(cells) + " |")
