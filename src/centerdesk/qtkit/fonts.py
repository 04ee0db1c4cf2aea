"""Faces of the desk: which family is used for work and which for voice (STANDARDS 2.2)."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication

from centerdesk.kernel.record import record

SANS, SERIF = "Noto Sans SC", "Noto Serif SC"
RARE = "Chuangming Rare Han"
"""Given names beyond the Noto faces; always the last to be asked."""
# Faces that cover Chinese on the machines of a service center, best first.
SYSTEM_SANS = (
    "Microsoft YaHei UI",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "思源黑体 CN",
    "HarmonyOS Sans SC",
    "PingFang SC",
    "CESI黑体-GB13000",
    "WenQuanYi Micro Hei",
)
# Set in tests and by the picture tool, so that pictures are the same everywhere.
BUNDLED_VARIABLE = "CENTERDESK_BUNDLED_FONTS"
_installed: set[Path] = set()


class FontMissing(RuntimeError):
    """A face that ships with the program could not be read: the installation is damaged."""


@record
class Faces:
    """Families in the order a character is looked for; the bundled whole faces and the rare one come last."""

    sans: tuple[str, ...]
    serif: tuple[str, ...]


def install_fonts(folder: Path) -> None:
    """Make the bundled faces known to Qt, once per process. GUI thread, after the application object."""
    if folder in _installed:
        return
    for path in sorted([*folder.glob("Noto*.ttf"), *folder.glob("*-Rare.ttf")]):
        if QFontDatabase.addApplicationFont(str(path)) < 0:
            raise FontMissing(path.name)
    _installed.add(folder)


def choose_faces(*, bundled: bool | None = None) -> Faces:
    """The system's Chinese face when there is one, else the bundled; offscreen always the bundled."""
    if bundled is None:
        bundled = BUNDLED_VARIABLE in os.environ or QGuiApplication.platformName() in ("offscreen", "minimal")
    known = () if bundled else QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese)
    system = next((name for name in SYSTEM_SANS if name in known), None)
    sans = (system, SANS) if system else (SANS,)
    return Faces((*sans, SERIF, RARE), (SERIF, SANS, RARE))


def make_font(families: tuple[str, ...], px: float, weight: int, spacing: float = 0.0) -> QFont:
    """A font of exactly `px` (fractions kept). Sans 600 is drawn with Bold: the package has no 600 sans."""
    font = QFont()
    font.setFamilies(list(families))
    # Only point sizes may be fractional in Qt, so px are turned into points of this screen.
    screen = QGuiApplication.primaryScreen()
    font.setPointSizeF(px * 72 / (screen.logicalDotsPerInch() if screen else 96))
    font.setWeight(QFont.Weight(700 if weight == 600 and families[0] != SERIF else weight))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setStyleStrategy(QFont.StyleStrategy.PreferAntialias)
    if spacing:
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, spacing)
    return font
