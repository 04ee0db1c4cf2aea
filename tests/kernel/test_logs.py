"""Logs without a personal value: numbers by shape, names by list, exceptions without their messages (G34)."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.logs import hidden_words, start_logging, stop_logging
from centerdesk.kernel.redaction import MASK, HiddenWords, redact
from tests.helpers.storage import make_place

# made up; none has a valid check digit
SECRETS = [
    "230811190001011246",
    "23081119000101124X",
    "23081119000101124x",
    "230811 19000101 1246",
    "230811-19000101-124X",
    "230811000101124",
    "13800002345",
    "138 0000 2345",
    "138-0000-2345",
    "+8613800002345",
    "+86 138 0000 2345",
    "0451-80002345",
    "0451 8000 2345",
    "045180002345",
    "010-80002345",
    "6222020000000012345",
    "6222 0200 0000 0012 345",
    "6222020000001234",
    "１３８００００２３４５",
    "２３０８１１１９０００１０１１２４Ｘ",
]


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    handler = start_logging(tmp_path / "logs")
    before = logging.raiseExceptions
    yield tmp_path / "logs" / "desk.log"
    stop_logging(handler)
    logging.raiseExceptions = before


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("around", ["{}", "居民{}的", "a{}b", "id={},", "('{}',)", "[{}]"])
def test_numbers_of_persons_are_masked(secret: str, around: str) -> None:
    masked = redact(around.format(secret))
    assert MASK in masked
    digits = "".join(char for char in secret if char.isdigit())
    assert digits[-4:] not in masked
    assert digits[:6] not in masked


@given(
    st.integers(10**10, 10**19).map(str), st.text("0123456789", max_size=3), st.text("0123456789", max_size=3)
)
def test_no_long_run_of_digits_survives(number: str, before: str, after: str) -> None:
    assert redact(before + number + after) == MASK


@pytest.mark.parametrize(
    "plain",
    [
        "2026-12-03 08:41:00",
        "2026-12-03T08:41:00Z",
        "backup made: 1234567 bytes",
        "RS-01",
        "第 12 行",
        "0190a3b2-5c1f-7abc-8def-01a3456789ab",
        "port 5432 pid 123456",
        "SQLSTATE 40001",
    ],
)
def test_what_a_maintainer_needs_stays(plain: str) -> None:
    assert redact(plain) == plain


def test_names_of_the_open_record_are_hidden_while_it_is_open() -> None:
    hidden = HiddenWords()
    with hidden.hiding("张三丰", "张三", "X"):
        hidden.hide("张三")
        assert redact("张三丰和张三在 X 楼", hidden) == f"{MASK}和{MASK}在 X 楼"
    assert redact("张三丰和张三", hidden) == f"{MASK}丰和{MASK}"
    hidden.forget("张三", "张三")
    assert redact("张三", hidden) == "张三"


def test_a_log_line_is_stamped_and_masked(log: Path) -> None:
    with hidden_words.hiding("欧阳小明"):
        logging.getLogger("centerdesk.x").warning("%s 的电话 %s", "欧阳小明", "13800002345")
    line = log.read_text("utf-8")
    assert f"{MASK} 的电话 {MASK}" in line
    assert line[:4].isdigit()
    assert line[19] == "Z"
    assert "WARNING centerdesk.x" in line


def test_an_exception_is_logged_without_its_message(log: Path, tmp_path: Path) -> None:
    try:
        try:
            raise KeyError("王小红住 5-2-101")
        except KeyError as first:
            raise ValueError("230811190001011246 王小红") from first
    except ValueError:
        logging.getLogger("x").exception("failed", stack_info=True)
    written = log.read_text("utf-8")
    assert "王小红" not in written
    assert "5-2-101" not in written
    assert "builtins.KeyError" in written
    assert "builtins.ValueError" in written
    assert "test_an_exception_is_logged_without_its_message" in written
    assert str(tmp_path) not in written


def test_a_database_error_brings_no_value_into_the_log(log: Path, tmp_path: Path) -> None:
    place = make_place(tmp_path / "s")
    try:
        with place.database.write_session.begin() as session:
            session.execute(text("INSERT INTO wish(nothing) VALUES (:v)"), {"v": "金丝雀女士"})
    except DBAPIError as exc:
        logging.getLogger("x").error("db: %s", exc, exc_info=exc)
    place.database.close()
    written = log.read_text("utf-8")
    assert "金丝雀" not in written
    assert "OperationalError" in written


def test_another_handlers_cached_text_is_not_reused(log: Path) -> None:
    record = logging.LogRecord("x", logging.ERROR, "f", 1, "m", (), None)
    record.exc_text = "Traceback: 王小红"
    logging.getLogger().handle(record)
    assert "王小红" not in log.read_text("utf-8")


def test_files_rotate_and_are_private(tmp_path: Path) -> None:
    handler = start_logging(tmp_path / "logs", "watch")
    handler.maxBytes = 2000  # type: ignore[attr-defined]  # a small file shows the same rule
    for number in range(200):
        logging.getLogger("x").info("line %d of some length", number)
    stop_logging(handler)
    names = sorted(each.name for each in (tmp_path / "logs").iterdir())
    assert names[:3] == ["watch.log", "watch.log.1", "watch.log.2"]
    assert len(names) <= 10
    if os.name != "nt":
        assert {each.stat().st_mode & 0o777 for each in (tmp_path / "logs").iterdir()} == {0o600}


def test_a_folder_that_is_none_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "desk.log").mkdir()
    with pytest.raises(EnvironmentFault, match="日志文件夹"):
        start_logging(tmp_path / "logs")
