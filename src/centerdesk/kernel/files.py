"""Writing a file so that its name only ever stands for a whole one: `*.partial` → fsync → rename (F8)."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from centerdesk.kernel.errors import EnvironmentFault

_SENTENCES = {
    errno.ENOSPC: "磁盘满了，文件没有写成。请腾出至少 50 MB 空间，或换一个盘再试。",
    errno.EDQUOT: "这个账户的磁盘配额用完了，文件没有写成。请腾出至少 50 MB 空间再试。",
    errno.EFBIG: "文件超过了这个盘或账户的大小限制，文件没有写成。请换一个盘再试。",
    errno.EROFS: "这个位置是只读的，文件没有写成。请换一个文件夹再试。",
    errno.EACCES: "没有权限写到这个位置，或同名文件正被别的程序打开。请关掉那个文件，或换一个文件夹再试。",
    errno.EPERM: "没有权限写到这个位置。请换一个文件夹再试。",
    errno.ENOENT: "要写到的文件夹不在了。请换一个文件夹再试。",
    errno.ENOTDIR: "要写到的位置不是文件夹。请换一个文件夹再试。",
    errno.EISDIR: "同名的位置是一个文件夹。请换一个文件名再试。",
    errno.ENAMETOOLONG: "文件名太长。请换一个短些的文件名再试。",
    errno.EIO: "磁盘读写出错，文件没有写成。请检查磁盘或U盘，换一个位置再试。",
}


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Give the name of a fresh file beside `path`; leaving the block well puts it in `path`'s place, durably.

    Leaving by an exception removes the fresh file and leaves what stood at `path` as it was. An OSError comes
    out as EnvironmentFault with what to do next; it never holds the file's name.
    """
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        partial.unlink(missing_ok=True)
        yield partial
        with partial.open("rb+") as handle:
            os.fsync(handle.fileno())
        partial.replace(path)
        fsync_folder(path.parent)
    except OSError as exc:
        raise write_fault(exc) from exc
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def fsync_folder(folder: Path) -> None:
    """Make a rename inside `folder` survive a power cut. Does nothing where folders cannot be opened."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as exc:
        if exc.errno not in (
            errno.EINVAL,
            errno.ENOTSUP,
        ):  # some mounted shares cannot; the rename still holds
            raise
    finally:
        os.close(handle)


def write_fault(exc: OSError) -> EnvironmentFault:
    """What a clerk is told when a file could not be written."""
    sentence = _SENTENCES.get(exc.errno or 0, "文件没有写成。请换一个位置再试；再不行请把这句话告诉管理员。")
    return EnvironmentFault(sentence)
