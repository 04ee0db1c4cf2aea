"""Ladder, steps, clock: exactly one thing is current, and the words say what the drawing shows."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage

from centerdesk.qtkit.painted.clockbar import ClockBar
from centerdesk.qtkit.painted.ladder import Ladder, LadderStep, LadderStrip, StepState
from centerdesk.qtkit.painted.stepbar import Step, StepBar
from centerdesk.qtkit.theme import theme

STEPS = (
    LadderStep("复看", StepState.DONE, "仍未开", "08:24"),
    LadderStep("电话", StepState.UNTAKEN, "", "08:31"),
    LadderStep("敲门", StepState.CURRENT, "陈嘉禾已出发", "08:52", 0.3),
    LadderStep("联系人", StepState.NEXT, "下一位 孙建国", "09:02"),
)


@pytest.mark.parametrize("kind", [Ladder, LadderStrip])
def test_the_ladder_tells_every_step(qtbot, kind) -> None:
    ladder = kind(STEPS)
    qtbot.addWidget(ladder)
    said = ladder.accessibleDescription()
    assert said.split("；") == [
        "复看，已办，仍未开，08:24",
        "电话，没人接，08:31",
        "敲门，正在办，陈嘉禾已出发，08:52",
        "联系人，还没到，下一位 孙建国，09:02",
    ]
    ladder.resize(360, ladder.sizeHint().height())
    image = ladder.grab().toImage()
    red = theme().colour("redfill")
    assert any(image.pixelColor(x, y) == red for x in range(image.width()) for y in range(image.height()))


@pytest.mark.parametrize("kind", [Ladder, LadderStrip])
def test_two_current_steps_are_refused(qtbot, kind) -> None:
    ladder = kind()
    qtbot.addWidget(ladder)
    with pytest.raises(ValueError, match="one current"):
        ladder.set_steps([STEPS[2], STEPS[2]])


def test_more_steps_make_a_taller_ladder(qtbot) -> None:
    short, tall = Ladder(STEPS[:2]), Ladder(STEPS)
    qtbot.addWidget(short)
    qtbot.addWidget(tall)
    assert tall.sizeHint().height() > short.sizeHint().height() + 60


def test_steps_count_and_go_back_only(qtbot) -> None:
    bar = StepBar([Step("选文件"), Step("对列", "赵雪"), Step("看问题"), Step("写入")], 2)
    qtbot.addWidget(bar)
    assert bar.accessibleName() == "第 3 步，共 4 步"
    bar.resize(bar.sizeHint())
    bar.show()
    bar.grab()
    with qtbot.waitSignal(bar.back_asked) as asked:
        qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(8, bar.height() // 2))
    assert asked.args == [0]
    with qtbot.assertNotEmitted(bar.back_asked):
        qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(bar.width() - 4, bar.height() // 2))


@pytest.mark.parametrize(
    ("part", "present", "absent"),
    [
        (0.5, {"c3"}, {"dawn", "redfill"}),
        (0.9, {"c3", "dawn"}, {"redfill"}),
        (1.3, {"c3", "dawn", "redfill"}, set()),
    ],
)
def test_the_clock_shows_its_segments(qtbot, part: float, present: set[str], absent: set[str]) -> None:
    clock = ClockBar(part, "剩 1 时")
    qtbot.addWidget(clock)
    clock.resize(400, 20)
    image = clock.grab().toImage()
    colours = {image.pixelColor(x, 10).name() for x in range(image.width())}
    names = {token: theme().colour(token).name() for token in ("c3", "dawn", "redfill")}
    assert {names[token] for token in present} <= colours
    assert not {names[token] for token in absent} & colours
    assert clock.accessibleName() == f"时限 {round(part * 100)}%"


def test_where_there_is_no_room_a_bracket_goes_whole(qtbot) -> None:
    def drawn(title: str, width: int) -> QImage:
        made = Ladder([LadderStep(title, StepState.NEXT, time="08:52")])
        qtbot.addWidget(made)
        made.resize(width, 40)
        return made.grab().toImage()

    assert drawn("下一位 孙建国（楼栋长，有钥匙）", 240) == drawn("下一位 孙建国", 240)
    assert drawn("下一位 孙建国（楼栋长，有钥匙）", 600) != drawn("下一位 孙建国", 600)
