"""station.toml: what is written is read, what is broken gets one sentence."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.station import Station, Value

ID = UUID("0190a3b2-0000-7000-8000-000000000001")
HEAD = b'format = 1\nstation_id = "0190a3b2-0000-7000-8000-000000000001"\n'
texts = st.text(st.characters(codec="utf-8"))
values = st.one_of(
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    texts,
)


@given(
    name=texts,
    drill=st.booleans(),
    settings=st.dictionaries(texts, values, max_size=4),
)
def test_round_trip(
    tmp_path_factory: pytest.TempPathFactory, name: str, drill: bool, settings: dict[str, Value]
) -> None:
    path = tmp_path_factory.mktemp("s") / "station.toml"
    station = Station(ID, name, drill, Path("/media/云和-2"), "前台一号", "", settings)
    station.save(path)
    assert Station.load(path) == station


def test_a_byte_order_mark_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "station.toml"
    Station(ID, "云和社区").with_setting("printing.printer", "前台").save(path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert Station.load(path).settings == {"printing.printer": "前台"}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "写坏了"),
        (b"format = 1", "写坏了"),
        (b"not toml at all [", "写坏了"),
        (b"\xff\xfe\x00", "写坏了"),
        (b'format = 1\nstation_id = "x"\nname = "y"', "写坏了"),
        (HEAD + b"name = 5", "写坏了"),
        (HEAD + b'name = "y"\n[settings]\na = [1]', "写坏了"),
        (b"format = 99", "升级程序"),
    ],
)
def test_a_broken_file_gets_one_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "station.toml"
    path.write_bytes(content)
    with pytest.raises(EnvironmentFault, match=sentence):
        Station.load(path)


def test_a_missing_file_points_to_the_set_up(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="第一次设置"):
        Station.load(tmp_path / "station.toml")
