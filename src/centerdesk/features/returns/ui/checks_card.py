"""校验: what the figures themselves give away; each finding leads to its line."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from centerdesk.features.returns.rules_checks import Finding, Level
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.badge import Badge, Tone
from centerdesk.qtkit.painted.card import Card, IconLabel, Rule


class _FindingLine(QWidget):
    """One finding: icon, what is the matter, why, and the way to the line."""

    def __init__(self, number: int, finding: Finding, show: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName(f"finding_{number}")
        look = theme()
        error = finding.level is Level.ERROR
        icon = IconLabel(
            "error_circle" if error else "warning",
            "red" if error else "dawn-ink",
            filled=error,
            size="icon-button",
        )
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(text_label(finding.title, role="table-strong", wrap=True))
        words.addWidget(text_label(finding.text, role="hint", wrap=True))
        way = QPushButton(self.tr("看这 {} 行").format(len(finding.keys)))
        way.setObjectName(f"finding_show_{number}")
        way.setProperty("kind", "link")
        way.clicked.connect(show)
        words.addWidget(way, 0, Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(14), look.px(8), look.px(12), look.px(3))
        row.setSpacing(look.px(8))
        row.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self.setAccessibleName(f"{finding.level.value}：{finding.title}。{finding.text}")


class ChecksCard(Card):
    """校验. Read-only; `wanted` carries the lines of a finding."""

    wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("校验", parent, listed=True)
        self.setObjectName("checks_card")
        self._errors = Badge("", Tone.LATE)
        self._errors.setObjectName("checks_errors")
        self._hints = Badge("", Tone.SOON)
        self._hints.setObjectName("checks_hints")
        self._fine = Badge("", Tone.DONE, icon_name="checkmark")
        self._fine.setObjectName("checks_fine")
        for badge in (self._errors, self._hints, self._fine):
            badge.hide()
            self.header.addWidget(badge)
        self._quiet = text_label(role="hint", name="checks_quiet", wrap=True)
        self._scroll = QScrollArea()
        self._scroll.setObjectName("checks_scroll")
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._found: tuple[Finding, ...] = ()
        self._inside = QWidget()
        self._inside.setProperty("ground", "surface")
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._scroll.setWidget(self._inside)
        self.body.addWidget(self._quiet)
        self.body.addWidget(self._scroll, 1)
        theme_hub().changed.connect(self._rebuild)

    @property
    def found(self) -> tuple[Finding, ...]:
        """What is listed."""
        return self._found

    def show_findings(self, found: Sequence[Finding]) -> None:
        """List what was found; with nothing found the card says what was looked at."""
        self._found = tuple(found)
        errors = sum(f.level is Level.ERROR for f in found)
        self._errors.show_words(f"{errors} 错" if errors else "", Tone.LATE)
        self._hints.show_words(f"{len(found) - errors} 提示" if len(found) > errors else "", Tone.SOON)
        self._fine.show_words("" if found else "都对得上", Tone.DONE)
        self._quiet.setText(
            self.tr(
                "看过了：其中的数不超过总数，各网格加起来等于全站，应看等于看过加漏看，没有变了 30% 以上的。"
            )
        )
        self._rebuild()

    def show_nothing(self) -> None:
        """The month has not been built."""
        self._found = ()
        for badge in (self._errors, self._hints, self._fine):
            badge.show_words("", Tone.PLAIN)
        self._quiet.setText(self.tr("编好以后，这里说哪些数对不上、哪些变得多。"))
        self._rebuild()

    def wanted_height(self) -> int:
        """Room that shows everything, px; the page gives less where there is none."""
        wide = max(self.width() - theme().px(16), 120)
        ask = self._column.totalHeightForWidth if self._found else self._quiet.heightForWidth
        inside = ask(wide)
        return theme().size("card-header") + inside + theme().px(6)

    def _rebuild(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        lines: list[QWidget] = []
        for number, finding in enumerate(self._found):
            lines += [Rule()] if number else []
            lines.append(_FindingLine(number, finding, self._showing(finding)))
        for line in lines:
            self._column.addWidget(line)
            line.show()  # now: a layout counts no room for what it would show only later
        self._column.addStretch(1)
        self._scroll.setVisible(bool(self._found))
        self._quiet.setVisible(not self._found)
        pad = theme().px(14)
        self._quiet.setContentsMargins(pad, theme().px(10), pad, theme().px(10))
        self.updateGeometry()

    def _showing(self, finding: Finding) -> Callable[[], None]:
        def show() -> None:
            self.wanted.emit(finding)

        return show
