"""The numbers of RELIABILITY 3.7, and how a process binds itself to them. Imported by the child: light."""

from __future__ import annotations

import ctypes
import sys

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_ENTRIES = 400
MAX_UNPACKED_BYTES = 600 * 1024 * 1024
MAX_RATIO = 200
RATIO_FROM_BYTES = 4 * 1024 * 1024
"""Below this unpacked size the ratio says nothing: an empty style part packs 1:500 and harms nobody."""
MAX_SHEETS = 100
MAX_ROWS = 200_000
"""All sheets together."""
MAX_COLUMNS = 200
MAX_CELL_CHARACTERS = 32_767
MAX_OUTPUT_BYTES = 128 * 1024 * 1024
"""What the child may hand over: shared strings make a small file speak volumes."""
MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 90
WALL_SECONDS = 120.0


def column_letters(column: int) -> str:
    """`A` for 1, `AA` for 27."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def bind_this_process() -> None:
    """Give this process the limits of the child; there is no way back. Call it before anything is parsed."""
    if sys.platform == "win32":  # pragma: no cover - Windows
        _join_job()
        return
    import resource

    for name, value in (
        ("RLIMIT_AS", MEMORY_BYTES),
        ("RLIMIT_CPU", CPU_SECONDS),
        ("RLIMIT_CORE", 0),  # a core file would hold residents' data
        ("RLIMIT_FSIZE", 0),  # the child writes to its pipe and to no file
    ):
        limit = getattr(resource, name)
        hard = resource.getrlimit(limit)[1]
        wanted = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (wanted, wanted))


class _BasicLimits(ctypes.Structure):
    """JOBOBJECT_BASIC_LIMIT_INFORMATION of the Windows documentation."""

    _fields_ = (
        ("PerProcessUserTimeLimit", ctypes.c_int64),
        ("PerJobUserTimeLimit", ctypes.c_int64),
        ("LimitFlags", ctypes.c_uint32),
        ("MinimumWorkingSetSize", ctypes.c_size_t),
        ("MaximumWorkingSetSize", ctypes.c_size_t),
        ("ActiveProcessLimit", ctypes.c_uint32),
        ("Affinity", ctypes.c_size_t),
        ("PriorityClass", ctypes.c_uint32),
        ("SchedulingClass", ctypes.c_uint32),
    )


class _ExtendedLimits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION."""

    _fields_ = (
        ("BasicLimitInformation", _BasicLimits),
        ("IoInfo", ctypes.c_uint64 * 6),
        ("ProcessMemoryLimit", ctypes.c_size_t),
        ("JobMemoryLimit", ctypes.c_size_t),
        ("PeakProcessMemoryUsed", ctypes.c_size_t),
        ("PeakJobMemoryUsed", ctypes.c_size_t),
    )


def _join_job() -> None:  # pragma: no cover - written after the Windows documentation, not run here
    """Put this process into a Job Object with the same limits, and let it start no other process."""
    time_limit, one_process, memory_limit, kill_on_close = 0x2, 0x8, 0x100, 0x2000
    limits = _ExtendedLimits()
    limits.BasicLimitInformation.PerProcessUserTimeLimit = CPU_SECONDS * 10_000_000  # in 100 ns
    limits.BasicLimitInformation.ActiveProcessLimit = 1
    limits.BasicLimitInformation.LimitFlags = time_limit | one_process | memory_limit | kill_on_close
    limits.ProcessMemoryLimit = MEMORY_BYTES
    kernel32 = getattr(ctypes, "windll").kernel32  # noqa: B009 - mypy on Linux knows no windll
    kernel32.CreateJobObjectW.restype = ctypes.c_void_p
    kernel32.GetCurrentProcess.restype = ctypes.c_void_p
    job = ctypes.c_void_p(kernel32.CreateJobObjectW(None, None))
    extended_limit_information = 9
    kernel32.SetInformationJobObject(
        job, extended_limit_information, ctypes.byref(limits), ctypes.sizeof(limits)
    )
    kernel32.AssignProcessToJobObject(job, ctypes.c_void_p(kernel32.GetCurrentProcess()))
