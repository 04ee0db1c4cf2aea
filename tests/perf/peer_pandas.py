"""The peer of the import: what `pandas.read_excel` takes to read the same file. Runs in the bench's own environment.

`python peer_pandas.py ROSTER.xlsx`
"""

import json
import sys
import time

import pandas

began = time.perf_counter()
frame = pandas.read_excel(sys.argv[1], engine="openpyxl")
sys.stdout.write(json.dumps({"seconds": time.perf_counter() - began, "rows": len(frame)}) + "\n")
