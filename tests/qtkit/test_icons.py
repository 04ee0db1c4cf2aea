"""Every vendored icon draws, in the colour asked for; a missing one is an error."""

from __future__ import annotations

import pytest

from centerdesk.kernel.paths import resource
from centerdesk.qtkit.icons import IconMissing, icon, icon_pixmap, mark_icon
from centerdesk.qtkit.theme import theme

NAMES = sorted({path.stem.rsplit("_", 1)[0] for path in resource("icons").glob("*_regular.svg")})


def test_there_are_icons() -> None:
    assert len(NAMES) > 100


@pytest.mark.parametrize("filled", [False, True])
def test_every_icon_draws_in_its_colour(qapp, filled: bool) -> None:
    wanted = theme().colour("red")
    for name in NAMES:
        image = icon_pixmap(name, "red", size=40, filled=filled).toImage()
        inked = [
            image.pixelColor(x, y)
            for x in range(image.width())
            for y in range(image.height())
            if image.pixelColor(x, y).alpha() > 180
        ]
        assert inked, name
        assert all(abs(c.red() - wanted.red()) < 6 and abs(c.blue() - wanted.blue()) < 6 for c in inked), name


def test_a_missing_icon_is_an_error(qapp) -> None:
    with pytest.raises(IconMissing, match="unicorn_regular"):
        icon("unicorn")


def test_the_mark_has_the_sizes_of_a_task_bar(qapp) -> None:
    assert {size.width() for size in mark_icon().availableSizes()} >= {16, 32, 256}
