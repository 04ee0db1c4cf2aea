"""Our pictures beside the design's: ours at the left, at the same height, both with their foot at the bottom."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

DESIGN = Path(__file__).parents[3] / "shared" / "design" / "ui"
PAIRS = (
    ("today/filled-light", "01-today"),
    ("today/filled-dark", "10-today-dark"),
    ("checkins/alarm-light", "02-curtain-facade"),
    ("checkins/alarm-narrow", "21-curtain-narrow"),
    ("checkins/month-light", "20-curtain-month"),
    ("people/chosen-light", "03-ledger"),
    ("returns/filled-light", "07-return"),
    ("import/review-light", "08-import"),
    ("palette/filled-light", "09-command-palette"),
    ("alarm/filled-light", "15-alarm"),
    ("login/waiting-light", "17-login"),
    ("wizard/6-sheet-typing-light", "18-first-run"),
    ("settings/safety-light", "19-settings-safety"),
)
"""Our picture → the design's."""


def put_beside(out: Path) -> None:
    """Every pair of which both are there; nothing where the design does not lie beside the project."""
    for ours, theirs in PAIRS:
        left, right = out / f"{ours}.png", DESIGN / f"{theirs}.png"
        if left.exists() and right.exists():
            _join(left, right, out / "beside" / f"{theirs}.png")


def _join(left: Path, right: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(left) as first, Image.open(right) as second:
        pictures = [first.convert("RGB"), second.convert("RGB")]
    whole = Image.new("RGB", (sum(p.width for p in pictures) + 24, max(p.height for p in pictures)), "grey")
    x = 0
    for picture in pictures:
        whole.paste(picture, (x, whole.height - picture.height))
        x += picture.width + 24
    whole.save(path)
