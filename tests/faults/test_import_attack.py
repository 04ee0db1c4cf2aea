"""G40: imports cannot attack us. Mutated files by the thousand, and a fixed corpus of dishonest ones.

Every file must end in a reading or in one Chinese sentence, in bounded time and memory, with this process
alive and nothing fetched. Every mutation can be made again from its number.
"""

from __future__ import annotations

import io
import json
import os
import random
import re
import socket
import subprocess
import sys
import threading
import zipfile
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import cache
from pathlib import Path

import openpyxl
import pytest

from centerdesk.features.people.importing import read_roster
from centerdesk.kernel import spreadsheet_in
from centerdesk.kernel.clock import SystemClock
from centerdesk.kernel.errors import Cancelled, UserError
from centerdesk.kernel.spreadsheet_in import SpreadsheetError, Workbook, child_command, read_workbook
from centerdesk.kernel.spreadsheet_in_limits import CPU_SECONDS, MEMORY_BYTES
from tests.faults import fork_reader
from tests.kernel.spreadsheet_files import (
    lying_sizes,
    one_cell,
    plain,
    rows_xml,
    sheet_xml,
    xlsb_sheet,
    xlsx,
    zeros,
)

pytestmark = pytest.mark.faults

FULL = os.environ.get("CENTERDESK_TEST_TARGETS") == "full"
MUTATIONS = 10_000 if FULL else 1_000
THROUGH_THE_REAL_ENTRY = 5  # every fifth
GOLDEN = Path(__file__).parents[1] / "golden" / "rosters"
SOURCE_ROOT = Path(spreadsheet_in.__file__).parents[2]
LATIN = re.compile(r"Error|Traceback|Exception|panic", re.IGNORECASE)


def read(path: Path) -> str:
    """A reading as its number of persons, or the sentence."""
    try:
        return judge(read_workbook(path))
    except SpreadsheetError as exc:
        return str(exc)


def judge(book: Workbook) -> str:
    reading = read_roster(
        book, known_grids=["云和一网格"], known_compounds=["云和小区"], today=date(2026, 11, 22)
    )
    assert reading.counts["rows"] == len(reading.rows)
    return str(len(reading.rows))


def is_answer(said: str) -> bool:
    return said.isdigit() or (said.endswith("。") and not LATIN.search(said))


# Fixed corpus. name → (bytes, a word of the sentence, or the number of persons-to-be as an int of rows)

PACKAGE_OF = dict[str, bytes]
PERSONS = '<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c></row>'
DTD = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


def external_link(port: int) -> bytes:
    """Every place in a workbook that could make a careless reader fetch something."""
    target = f"http://127.0.0.1:{port}/steal"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    link = (
        f'<Relationships xmlns="{relations}"><Relationship Id="rId1" TargetMode="External" '
        f'Type="{office}/externalLinkPath" Target="{target}"/></Relationships>'
    )
    formula = f'<c r="A2" t="str"><f>WEBSERVICE("{target}")</f><v>旧值</v></c>'.replace(
        '("', "(&quot;"
    ).replace('")', "&quot;)")
    return xlsx(
        sheet_xml(f'{rows_xml(1)}<row r="2">{formula}</row>'),
        {
            "xl/externalLinks/externalLink1.xml": "<externalLink/>",
            "xl/externalLinks/_rels/externalLink1.xml.rels": link,
            "xl/worksheets/_rels/sheet1.xml.rels": link,
            "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 macro",
        },
    )


def many_entries() -> bytes:
    return xlsx(sheet_xml(rows_xml(1)), {f"xl/media/{n}.bin": b"x" for n in range(500)})


def huge_cell(megabytes: int) -> bytes:
    return xlsx(
        sheet_xml(f'<row r="1"><c r="A1" t="inlineStr"><is><t>{"字" * (megabytes << 20)}</t></is></c></row>')
    )


def long_cell() -> bytes:
    return xlsx(
        sheet_xml(f'{rows_xml(1)}<row r="2"><c r="B2" t="inlineStr"><is><t>{"x" * 40000}</t></is></c></row>')
    )


def many_shared() -> bytes:
    """A small file that says one long string thousands of times."""
    strings = f'<sst xmlns="{sheet_xml("").split(chr(34))[3]}"><si><t>{"x" * 32000}</t></si></sst>'
    rows = "".join(
        f'<row r="{r}">'
        + "".join(f'<c r="{chr(64 + c)}{r}" t="s"><v>0</v></c>' for c in range(1, 21))
        + "</row>"
        for r in range(1, 221)
    )
    relations = plain_part("xl/_rels/workbook.xml.rels").replace(
        b"</Relationships>",
        b'<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        b'sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    )
    return xlsx(sheet_xml(rows), {"xl/sharedStrings.xml": strings, "xl/_rels/workbook.xml.rels": relations})


def plain_part(name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(plain())) as archive:
        return archive.read(name)


def nameless_cells(rows: int, columns: int) -> bytes:
    """Cells without addresses: they follow each other."""
    return xlsx(sheet_xml("".join("<row>" + "<c><v>1</v></c>" * columns + "</row>" for _ in range(rows))))


def encrypted_zip() -> bytes:
    data = bytearray(plain())
    position = 0
    while (position := data.find(b"PK\x01\x02", position)) >= 0:
        data[position + 8] |= 1
        position += 46
    return bytes(data)


def xlsb(row: int, column: int) -> bytes:
    return xlsx("", {"xl/workbook.bin": b"\x83\x01\x00", "xl/worksheets/sheet1.bin": xlsb_sheet(row, column)})


def with_name(name: str) -> bytes:
    return xlsx(sheet_xml(rows_xml(1)), {name: b"x"})


REFUSED = {
    "xfd1048576": (lambda: one_cell("XFD1048576", 1048576), "XFD1048576"),
    "far_right": (lambda: one_cell("GS1", 1), "GS1"),
    "far_down": (lambda: one_cell("A200001", 200001), "A200001"),
    "far_in_lower_case": (lambda: one_cell("xfd1048576", 1048576), "XFD1048576"),
    "far_with_odd_spelling": (
        lambda: xlsx(sheet_xml("<row><c\n s='1'\tr = 'XFD1048576'><v>1</v></c></row>")),
        "XFD1048576",
    ),
    "far_with_prefix": (
        lambda: xlsx(
            '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
            '<x:row r="1"><x:c r="XFD1"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'
        ),
        "XFD1",
    ),
    "far_in_xlsb": (lambda: xlsb(1048575, 16383), "XFD1048576"),
    "nameless_wide": (lambda: nameless_cells(2, 5000), "超出了能读的范围"),
    "dtd_in_sheet": (lambda: xlsx(DTD + sheet_xml(rows_xml(1)).split("?>", 1)[1]), "DOCTYPE"),
    "dtd_in_styles": (lambda: xlsx(sheet_xml(rows_xml(1)), {"xl/styles.xml": DTD + "<x>&a;</x>"}), "DOCTYPE"),
    "dtd_split_over_chunks": (
        lambda: xlsx(b"<!---->" * 149796 + DTD.encode()[21:] + sheet_xml("").split("?>", 1)[1].encode()),
        "DOCTYPE",
    ),
    "dtd_in_utf16": (lambda: xlsx((DTD + "<worksheet/>").encode("utf-16")), "编码"),
    "zip_bomb": (lambda: xlsx(zeros(120)), "倍"),
    "zip_bomb_that_lies": (lambda: lying_sizes(xlsx(zeros(120)), "xl/worksheets/sheet1.xml"), "倍"),
    "many_entries": (many_entries, "部件"),
    "encrypted": (encrypted_zip, "密码"),
    "parent_path": (lambda: with_name("../../etc/cron.d/x"), "路径"),
    "absolute_path": (lambda: with_name("/etc/passwd"), "路径"),
    "windows_path": (lambda: with_name("..\\..\\x.dll"), "路径"),
    "drive_path": (lambda: with_name("C:/x.dll"), "路径"),
    "huge_cell": (lambda: huge_cell(100), "一个格子超过"),
    "long_cell": (long_cell, "B2"),
    "many_shared_strings": (many_shared, "文字太多"),
    "just_a_zip": (lambda: with_only("readme.txt"), "压缩包"),
    "a_word_file": (lambda: with_only("[Content_Types].xml", "word/document.xml"), "文字或演示文档"),
    "truncated": (lambda: plain()[:-40], "损坏"),
}


def with_only(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize("name", REFUSED)
def test_dishonest_files_get_one_sentence(name, tmp_path):
    make, word = REFUSED[name]
    path = tmp_path / f"{name}.xlsx"
    path.write_bytes(make())
    said = read(path)
    assert word in said, said
    assert is_answer(said)


def test_a_far_cell_is_named_with_its_sheet(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(one_cell("XFD1048576", 1048576))
    with pytest.raises(SpreadsheetError) as caught:
        read_workbook(path)
    assert (caught.value.sheet, caught.value.cell) == ("台账", "XFD1048576")
    assert "台账" in str(caught.value)


@pytest.mark.parametrize("dimension", ["A1", "A1:A1", "A1:XFD1048576", "B7:C9"])
def test_a_false_dimension_loses_no_row(tmp_path, dimension):
    path = tmp_path / "a.xlsx"
    path.write_bytes(xlsx(sheet_xml(rows_xml(100), f'<dimension ref="{dimension}"/>')))
    rows = read_workbook(path).sheets[0].rows
    assert [row[0] for row in rows] == [f"r{n}c1" for n in range(1, 101)]


def test_nothing_is_fetched_and_nothing_runs(tmp_path):
    """External links and macros: the stored values are read, the verdict says so, nobody is called."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.5)
        path = tmp_path / "a.xlsm"
        path.write_bytes(external_link(server.getsockname()[1]))
        book = read_workbook(path)
        with pytest.raises(TimeoutError):
            server.accept()
    assert book.sheets[0].rows[1][0] == "旧值"
    assert [note[:4] for note in book.notes] == ["文件带有", "文件引用"]


def long_csv(folder: Path) -> Path:
    """More lines than stand between child and reader: the child is still there when the first one has come."""
    path = folder / "long.csv"
    path.write_text("".join(f"{n},{'字' * 60}\n" for n in range(40_000)), "utf-8")
    return path


@pytest.mark.skipif(
    not Path("/proc/self/limits").exists(), reason="the limits of another process are read in /proc"
)
def test_the_parser_runs_within_limits(tmp_path):
    """Seen on the real child, which waits with the rest of its lines until somebody takes them."""
    path = long_csv(tmp_path)
    with subprocess.Popen(child_command(path), stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        said = Path(f"/proc/{child.pid}/limits").read_text("ascii")
        child.kill()
    limits = {m[1]: m[2] for m in re.finditer(r"^Max (.+?) {2,}(\S+)", said, re.MULTILINE)}
    assert (limits["address space"], limits["cpu time"]) == (str(MEMORY_BYTES), str(CPU_SECONDS))
    assert (limits["file size"], limits["core file size"]) == ("0", "0")


@pytest.mark.skipif(not Path("/proc/thread-self/children").exists(), reason="the child is looked up in /proc")
def test_what_a_parser_says_by_itself_goes_nowhere(tmp_path):
    """A panic quotes what it stumbled over (G34)."""
    path, seen = long_csv(tmp_path), []

    def look() -> bool:
        for child in Path("/proc/thread-self/children").read_text("ascii").split():
            if str(path).encode() in Path("/proc", child, "cmdline").read_bytes():
                seen.append(str(Path("/proc", child, "fd", "2").readlink()))
        return bool(seen)

    with pytest.raises(Cancelled):
        read_workbook(path, cancel=look)
    assert seen == [os.devnull]


def test_defused_xml_is_what_openpyxl_uses():
    """RELIABILITY 3.7: asserted, as openpyxl falls back without a word."""
    from openpyxl.xml import DEFUSEDXML

    assert DEFUSEDXML


# Mutations.


@cache
def bases() -> tuple[tuple[str, bytes], ...]:
    """Small honest files to spoil: two xlsx, one xls, one csv."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "台账"
    sheet.append(["台账"])
    sheet.merge_cells("A1:H1")
    sheet.append(["姓名", "公民身份号码", "性别", "出生日期", "联系电话", "楼栋门牌", "网格", "标签"])
    for n in range(30):
        day = date(1960, 1, n + 1)
        sheet.append(
            [f"张{n}", f"23081119600101{n:04d}", "男", day, 19900001000 + n, "1-1-101", "云和一网格", "空巢"]
        )
    out = io.BytesIO()
    book.save(out)
    lines = (GOLDEN / "songtao_export_gb18030.csv").read_bytes().splitlines(keepends=True)
    return (
        ("xlsx", out.getvalue()),
        ("xlsx", plain(40)),
        ("xls", (GOLDEN / "qixiang_register_trad.xls").read_bytes()),
        ("csv", b"".join(lines[:60])),
    )


def mutant(number: int) -> tuple[str, bytes]:
    """The file of this number, always the same: its suffix and bytes."""
    rng = random.Random(number)
    suffix, data = rng.choice(bases())
    if suffix == "xlsx" and rng.random() < 0.7:
        return suffix, spoil_part(rng, data)
    return suffix, spoil(rng, data)


def spoil(rng: random.Random, data: bytes) -> bytes:
    """Flip, cut, repeat, insert or drop bytes, once or a few times."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        if not changed:
            break
        at = rng.randrange(len(changed))
        length = rng.choice((1, 1, 2, 8, 64, 700))
        match rng.randrange(6):
            case 0:
                changed[at] ^= 1 << rng.randrange(8)
            case 1:
                changed[at : at + length] = rng.randbytes(length)
            case 2:
                del changed[at : at + length]
            case 3:
                changed[at:at] = changed[at : at + length] * rng.choice((1, 3, 50))
            case 4:
                changed[at : at + 4] = rng.choice((b"\xff" * 4, b"\0" * 4, b"\xff\xff\xff\x7f", b"9999"))
            case _:
                del changed[rng.randrange(len(changed) // 2, len(changed)) :]
    return bytes(changed)


TOKENS = (
    b'r="XFD1048576"', b'r="A0"', b'r="A99999999999"', b't="s"', b't="d"', b't="e"', b"<v>99999999</v>",
    b"<v>-1</v>", b"<v>1e308</v>", b"<v>nan</v>", b"]]>", b"<!--", b"<![CDATA[", b"&#0;", b"&#x110000;", b"&amp;",
    b"</row>", b"<row>", b'spans="1:16384"', b"<mergeCells><mergeCell ref=\"A1:XFD1048576\"/></mergeCells>",
    b"<f>1+1</f>", b'<f t="shared" si="0" ref="A1:XFD9"/>', b'xml:space="preserve"', b"\xff", b"\xf0\x9f", b"2958466",
)  # fmt: skip


def spoil_part(rng: random.Random, data: bytes) -> bytes:
    """Spoil one part inside an otherwise sound package, with bytes or with words of the format."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = rng.choice([*parts, "xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"])
    part = parts[name]
    if rng.random() < 0.6:
        tags = [match.start() for match in re.finditer(rb"[<\"]", part)] or [0]
        for _ in range(rng.choice((1, 1, 3, 10))):
            at = rng.choice(tags)
            part = part[:at] + rng.choice(TOKENS) + part[at + rng.choice((0, 0, 1, 9)) :]
    else:
        part = spoil(rng, part)
    if rng.random() < 0.1:
        del parts[name]
    else:
        parts[name] = part
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=rng.choice((0, 1, 9))) as archive:
        for key, content in parts.items():
            archive.writestr(key, content)
    return out.getvalue()


def test_mutants_can_be_made_again():
    assert [zlib.crc32(mutant(n)[1]) for n in range(20)] == [zlib.crc32(mutant(n)[1]) for n in range(20)]
    assert len({mutant(n)[1] for n in range(200)}) == 200


def store(folder: Path, numbers: range) -> Iterator[Path]:
    for number in numbers:
        suffix, data = mutant(number)
        path = folder / f"{number}.{suffix}"
        path.write_bytes(data)
        yield path


@pytest.mark.slow
def test_mutated_files_through_the_real_entry(tmp_path):
    paths = list(store(tmp_path, range(0, MUTATIONS, THROUGH_THE_REAL_ENTRY)))
    clock = SystemClock()

    def timed(path: Path) -> tuple[str, str, float]:
        start = clock.monotonic()
        return path.name, read(path), clock.monotonic() - start

    before = threading.active_count()
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(timed, paths))
    assert [(name, said) for name, said, _ in outcomes if not is_answer(said)] == []
    assert [(name, seconds) for name, _, seconds in outcomes if seconds > 15] == []
    assert any(said.isdigit() for _, said, _ in outcomes)
    assert any(not said.isdigit() for _, said, _ in outcomes)
    assert threading.active_count() == before


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks; on Windows the other test stands alone")
def test_mutated_files_through_forks(tmp_path):
    numbers = [n for n in range(MUTATIONS) if n % THROUGH_THE_REAL_ENTRY]
    paths = [path for number in numbers for path in store(tmp_path, range(number, number + 1))]
    listing = tmp_path / "listing.txt"
    listing.write_text("\n".join(map(str, paths)), encoding="utf-8")
    subprocess.run(
        [sys.executable, "-I", str(fork_reader.__file__), str(SOURCE_ROOT), str(listing)],
        check=True,
        timeout=600,
    )
    outcomes = {path.name: understood(Path(f"{path}.out").read_bytes()) for path in paths}
    assert [(name, said) for name, said in outcomes.items() if not is_answer(said)] == []
    assert sum(said.isdigit() for said in outcomes.values()) > len(paths) // 20


def understood(output: bytes) -> str:
    """What the parent would make of the child's lines; a child that died early said too little."""

    def lines() -> Iterator[bytes]:
        yield from io.BytesIO(output)
        raise SpreadsheetError("这个文件没法安全地读出来。")

    try:
        return judge(spreadsheet_in._assemble(lines()))
    except UserError as exc:
        return str(exc)
    except json.JSONDecodeError:
        return "最后一行没有写完。"
