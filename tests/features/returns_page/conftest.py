"""A small town, and the page of returns on it: empty, and with November built."""

from __future__ import annotations

import pytest

from centerdesk.features.returns.ui.pages import ReturnPage
from tests.helpers.pagehost import settle, show_page
from tests.helpers.returns import return_town


@pytest.fixture
def town(tmp_path):
    made = return_town(tmp_path)
    yield made
    made.station.close()


@pytest.fixture
def page(qtbot, host):
    return show_page(qtbot, ReturnPage, host)


@pytest.fixture
def built(qtbot, host, page):
    """The page with November built."""
    page.acts.build()
    settle(qtbot, host)
    return page
