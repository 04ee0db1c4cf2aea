"""Ledgers in other shapes, written from one list of persons, for the tests of the roster reader."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import openpyxl

Person = dict
CODE = {"男": "1", "女": "2"}


def door(person: Person, style: str = "{b}-{u}-{r}") -> str:
    address = person["address"]
    room = address["room"] if address["room"].isdigit() else f"{address['floor']}楼{address['room']}"
    return style.format(b=address["building"], u=address["unit"], r=room)


def three_header_rows(persons: Sequence[Person], path: Path) -> None:
    """Groups over headings over sub-headings, joined; codes for sex; real dates; a column for each part."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["2026年社区人口信息登记表"])
    sheet.merge_cells("A1:P1")
    sheet.append(["填报单位：", "", "", "", "", "", "报表日期：2026.9.30"])
    sheet.append(["家庭信息", *[""] * 6, "人员信息", *[""] * 5, "其他"])
    own = [
        "居民姓名*",
        "身份证号码(必填)",
        "性别",
        "出生年月",
        "联系方式",
        "与户主关系",
        "人员类别",
        "入住时间",
        "备注",
    ]
    sheet.append(["户编号", "网格\n名称", "住址", "", "", "", "", *own])
    sheet.append(["", "", "小区", "楼栋", "单元", "楼层", "房号"])
    for span in ("A3:G3", "H3:M3", "N3:P3", "C4:G4", *(f"{letter}4:{letter}5" for letter in "ABHIJKLMNOP")):
        sheet.merge_cells(span)
    for person in persons:
        at = person["address"]
        sheet.append(
            [
                int(person["household"][1:]),
                person["grid"],
                at["compound"],
                f"{at['building']}号楼",
                f"{at['unit']}单元",
                f"{at['floor']}层",
                at["room"] + ("室" if at["room"].isdigit() else ""),
                person["name"],
                person["id"],
                int(CODE[person["sex"]]),
                date.fromisoformat(person["birth"]),
                "/".join(person["phones"]),
                person["relation"],
                "，".join(person["tags"]),
                person["move_in"],
                "",
            ]
        )
    book.save(path)


def sheet_by_compound(persons: Sequence[Person], path: Path) -> None:
    """One sheet a compound, whole addresses, written once a household; a summary sheet beside them."""
    book = openpyxl.Workbook()
    book.active.title = "汇总"
    for row in (["小区", "户数", "人数"], ["合计", 3, 5]):
        book.active.append(row)
    for compound in dict.fromkeys(person["address"]["compound"] for person in persons):
        sheet = book.create_sheet(compound)
        sheet.append(
            ["编号", "姓名", "性别", "证件号", "家庭关系", "居住地址", "手机号码", "所属网格", "特殊人群"]
        )
        last = None
        for number, person in enumerate((p for p in persons if p["address"]["compound"] == compound), 1):
            again, last = last == person["household"], person["household"]
            address = f"佳木斯市东风区{compound}" + door(person, "{b}栋{u}单元{r}")
            sheet.append(
                [
                    number,
                    person["name"],
                    person["sex"],
                    person["id"],
                    person["relation"],
                    "" if again else address,
                    "、".join(person["phones"]),
                    "" if again else person["grid"],
                    " ".join(person["tags"]),
                ]
            )
    book.save(path)


def traditional_csv(persons: Sequence[Person], path: Path) -> None:
    """UTF-8 with a mark, headings in traditional characters, in another order."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            [
                "身份證號碼",
                "姓名",
                "網格",
                "戶號",
                "與戶主關係",
                "性別",
                "出生日期",
                "聯絡電話",
                "小區",
                "樓棟門牌",
                "人員標籤",
            ]
        )
        for p in persons:
            birth, phones, tags = p["birth"].replace("-", ""), ";".join(p["phones"]), "|".join(p["tags"])
            own = [p["id"], p["name"], p["grid"], p["household"], p["relation"], p["sex"], birth, phones]
            writer.writerow([*own, p["address"]["compound"], door(p), tags])


def utf16_tabs(persons: Sequence[Person], path: Path) -> None:
    """What Excel calls Unicode text; two phone columns, three columns for the door."""
    with path.open("w", encoding="utf-16", newline="") as file:
        writer = csv.writer(file, delimiter="\t")
        writer.writerow(
            [
                "姓名",
                "公民身份证号",
                "性别",
                "称谓",
                "户籍编号",
                "楼号",
                "单元",
                "室",
                "所在小区",
                "网格",
                "电话",
                "手机",
                "类别",
            ]
        )
        for p in persons:
            at = p["address"]
            room = at["room"] if at["room"].isdigit() else f"{at['floor']}楼{at['room']}"
            mobile = ",".join(n for n in p["phones"] if "-" not in n)
            fixed = ",".join(n for n in p["phones"] if "-" in n)
            own = [p["name"], p["id"], p["sex"], p["relation"], p["household"]]
            where = [at["building"], at["unit"], room, at["compound"], p["grid"]]
            writer.writerow([*own, *where, mobile, fixed, "/".join(p["tags"])])


def totals_and_notes(persons: Sequence[Person], path: Path) -> None:
    """Subtotals, headings repeated on every page, a section line, remarks and a signature line."""
    head = [
        "序号",
        "所属网格",
        "户主姓名",
        "小区",
        "楼栋门牌",
        "姓名",
        "与户主关系",
        "性别",
        "出生日期",
        "公民身份号码",
        "联系电话",
        "人员标签",
    ]
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["某社区台账"])
    sheet.append(head)
    last = None
    for number, p in enumerate(persons, 1):
        if number % 40 == 0:
            sheet.append(["小　计", "", "", "", "", f"{number}人"])
            sheet.append(head)
        if number == 90:
            sheet.append(["（以下为二号院）"])
        new, last = last != p["household"], p["household"]
        home = [p["grid"], p["name"] if new else "", p["address"]["compound"], door(p) if new else "同上"]
        own = [p["name"], p["relation"], p["sex"], p["birth"].replace("-", "."), p["id"]]
        sheet.append([number, *home, *own, "，".join(p["phones"]) or "无", "、".join(p["tags"])])
    for line in (
        ["总计", "", "", "", "", "200人"],
        ["注：本表一式两份"],
        ["填表人：某某", "", "审核人："],
        ["以下空白"],
    ):
        sheet.append(line)
    book.save(path)


def few_columns(persons: Sequence[Person], path: Path) -> None:
    """A plain list under the head of a form; spaced headings; nothing about households."""
    book = openpyxl.Workbook()
    sheet = book.active
    for text in ("表号：民统1表", "制表机关：民政局", "", "登记簿", ""):
        sheet.append([text])
    sheet.append(["姓　　名", "性　别", "身 份 证 号 码", "楼号-单元-室", "电　话", "备　注"])
    for p in persons:
        sheet.append([p["name"], p["sex"], p["id"], door(p), "/".join(p["phones"]), None])
    book.save(path)


VARIANTS: dict[str, tuple[Callable[[Sequence[Person], Path], None], str]] = {
    "three_header_rows": (three_header_rows, "xlsx"),
    "sheet_by_compound": (sheet_by_compound, "xlsx"),
    "traditional_csv": (traditional_csv, "csv"),
    "utf16_tabs": (utf16_tabs, "csv"),
    "totals_and_notes": (totals_and_notes, "xlsx"),
    "few_columns": (few_columns, "xlsx"),
}
