"""Data directory, resources, and disks that may not hold a live database (G7)."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from centerdesk.kernel import paths
from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.paths import DataDir, ensure_private, refuse_shared_storage, resource, write_private

posix = pytest.mark.skipif(os.name == "nt", reason="modes are POSIX")

MOUNTS = r"""proc /proc proc rw 0 0
/dev/sda1 / ext4 rw 0 0
//nas/desk /mnt/nas cifs rw 0 0
server:/home /mnt/nfs nfs4 rw 0 0
C:\134 /mnt/c 9p rw 0 0
me@host: /mnt/ssh fuse.sshfs rw 0 0
/dev/sdb1 /mnt/nas/local ext4 rw 0 0
share /mnt/with\040space cifs rw 0 0
/dev/sdc1 /mnt/ntfs fuseblk rw 0 0
/dev/sdd1 /mnt/over ext4 rw 0 0
//nas/x /mnt/over cifs rw 0 0
"""


@pytest.mark.parametrize(
    "path",
    [
        "/mnt/nas/centerdesk.db",
        "/mnt/nas/deep/er/centerdesk.db",
        "/mnt/nfs/x.db",
        "/mnt/c/Users/x.db",
        "/mnt/ssh/x.db",
        "/mnt/with space/x.db",
        "/mnt/over/x.db",
        "//nas/share/x.db",
        r"\\nas\share\x.db",
    ],
)
def test_network_places_are_refused(path: str) -> None:
    with pytest.raises(EnvironmentFault, match="本机硬盘") as caught:
        refuse_shared_storage(Path(path), MOUNTS)
    assert "PostgreSQL" in str(caught.value)


@pytest.mark.parametrize(
    "path",
    ["/home/x/centerdesk.db", "/mnt/nas/local/x.db", "/mnt/nasty/x.db", "/mnt/ntfs/x.db", "/mnt/sshx/x.db"],
)
def test_local_disks_are_accepted(path: str) -> None:
    refuse_shared_storage(Path(path), MOUNTS)


@pytest.mark.parametrize("kind", ["9p", "fuse.fuse-overlayfs", "virtiofs", "overlay"])
def test_the_root_of_a_container_is_accepted(kind: str) -> None:
    refuse_shared_storage(Path("/srv/x.db"), f"none / {kind} rw 0 0\n")


@pytest.mark.parametrize("kind", ["nfs", "cifs"])
def test_a_root_on_a_server_is_refused(kind: str) -> None:
    with pytest.raises(EnvironmentFault):
        refuse_shared_storage(Path("/srv/x.db"), f"none / {kind} rw 0 0\n")


@pytest.mark.parametrize(
    "folder",
    [
        "OneDrive",
        "OneDrive - 街道办",
        "坚果云",
        "我的坚果云",
        "百度网盘",
        "BaiduSyncdisk",
        "Dropbox",
        "dropbox",
    ],
)
def test_sync_folders_are_refused_by_name(tmp_path: Path, folder: str) -> None:
    with pytest.raises(EnvironmentFault, match="同步"):
        refuse_shared_storage(tmp_path / folder / "station" / "x.db", "")


def test_a_link_into_a_sync_folder_is_seen_through(tmp_path: Path) -> None:
    (tmp_path / "OneDrive").mkdir()
    (tmp_path / "desk").symlink_to(tmp_path / "OneDrive")
    with pytest.raises(EnvironmentFault, match="同步"):
        refuse_shared_storage(tmp_path / "desk" / "x.db", "")


@posix
def test_prepare_shuts_others_out(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    where = DataDir(tmp_path)
    where.prepare()
    for folder in (where.root, where.backups, where.logs, where.drafts, where.spool):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@posix
def test_a_folder_of_a_group_stays_the_groups(tmp_path: Path) -> None:
    tmp_path.chmod(0o2777)
    ensure_private(tmp_path)
    ensure_private(tmp_path / "backups")
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o2770
    assert stat.S_IMODE((tmp_path / "backups").stat().st_mode) == 0o2770
    write_private(tmp_path / "x", b"1")
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == 0o660


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b"")
    with pytest.raises(EnvironmentFault, match="是一个文件"):
        ensure_private(tmp_path / "data")


@posix
def test_write_private_replaces_as_a_whole(tmp_path: Path) -> None:
    target = tmp_path / "station.toml"
    target.write_bytes(b"old")
    write_private(target, b"new")
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["station.toml"]


def test_write_private_into_a_missing_folder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="文件夹"):
        write_private(tmp_path / "gone" / "x", b"")


def test_resource_finds_what_ships_and_names_what_is_missing() -> None:
    assert resource("data").is_dir()
    with pytest.raises(EnvironmentFault, match="重新安装"):
        resource("no", "such.file")


def test_the_shared_directory_wins_where_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "SHARED_ROOT", tmp_path)
    assert paths.default_data_dir() == tmp_path
    monkeypatch.setattr(paths, "SHARED_ROOT", tmp_path / "gone")
    assert paths.default_data_dir().name == "centerdesk"
