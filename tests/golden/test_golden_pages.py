"""The pages of UI 28, line by line with their places: words, order and places (to 0.3 mm), never bytes.

After a wanted change, look at the pages, then run `CENTERDESK_GOLDEN=write pytest tests/golden`.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from centerdesk.kernel.reporting.gbt9704 import write_report
from centerdesk.kernel.reporting.pdf import write_document
from tests.golden import pdfprobe, samples

HERE = Path(__file__).parent
NEAR = 0.3


def _return(path: Path) -> None:
    write_document(path, samples.document(), annexes=(samples.annex(12),), system_faces=False)


def _letter(path: Path) -> None:
    write_report(path, samples.report(), system_faces=False)


@pytest.mark.parametrize(("name", "write"), [("return", _return), ("letter", _letter)])
def test_pages(tmp_path: Path, name: str, write) -> None:
    path = tmp_path / f"{name}.pdf"
    write(path)
    pages = [pdfprobe.lines(path, page) for page in range(pdfprobe.page_count(path))]
    golden = HERE / f"{name}.json"
    if os.environ.get("CENTERDESK_GOLDEN") == "write":
        rows = [",\n".join(f"  {json.dumps(line, ensure_ascii=False)}" for line in page) for page in pages]
        golden.write_text("[\n [\n" + "\n ],\n [\n".join(rows) + "\n ]\n]\n", encoding="utf-8")
    expected = json.loads(golden.read_text(encoding="utf-8"))
    assert [[line[0] for line in page] for page in pages] == [[line[0] for line in page] for page in expected]
    for page, wanted in zip(pages, expected, strict=True):
        for (text, x, y), (_text, wanted_x, wanted_y) in zip(page, wanted, strict=True):
            assert (x, y) == pytest.approx((wanted_x, wanted_y), abs=NEAR), text
