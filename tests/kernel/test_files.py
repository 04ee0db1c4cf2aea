"""A name stands for a whole file or for what stood there before."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from centerdesk.kernel.errors import Cancelled, EnvironmentFault
from centerdesk.kernel.files import atomic_write, write_fault


def test_the_name_appears_with_the_whole_content(tmp_path: Path) -> None:
    target = tmp_path / "月报.xlsx"
    with atomic_write(target) as partial:
        partial.write_bytes(b"half")
        assert not target.exists()
        assert partial.name.endswith(".partial")
        partial.write_bytes(b"whole")
    assert target.read_bytes() == b"whole"
    assert list(tmp_path.iterdir()) == [target]


def test_failing_keeps_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "月报.xlsx"
    target.write_bytes(b"before")
    with pytest.raises(Cancelled), atomic_write(target) as partial:
        _stopped_half_way(partial)
    assert target.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [target]


def _stopped_half_way(partial: Path) -> None:
    partial.write_bytes(b"half")
    raise Cancelled("停下了。")


def test_a_missing_folder_is_told_and_the_name_kept_out(tmp_path: Path) -> None:
    target = tmp_path / "没有" / "王某某.xlsx"
    with pytest.raises(EnvironmentFault, match="文件夹不在了") as caught, atomic_write(target) as partial:
        partial.write_bytes(b"x")
    assert "王某某" not in str(caught.value)


def test_a_folder_of_that_name_is_told(tmp_path: Path) -> None:
    target = tmp_path / "占了"
    (target / "里面").mkdir(parents=True)
    with pytest.raises(EnvironmentFault, match="请"), atomic_write(target) as partial:
        partial.write_bytes(b"x")
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.skipif(os.name == "nt", reason="/dev/full is a thing of Linux")
def test_a_full_disk_is_told(tmp_path: Path) -> None:
    target = tmp_path / "月报.pdf"
    with (
        pytest.raises(EnvironmentFault, match="磁盘满了"),
        atomic_write(target),
        Path("/dev/full").open("wb", buffering=0) as full,
    ):
        full.write(b"x")
    assert not target.exists()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO, errno.E2BIG])
def test_every_fault_says_what_to_do(number: int) -> None:
    assert "请" in str(write_fault(OSError(number, "secret name")))
    assert "secret" not in str(write_fault(OSError(number, "secret name")))
