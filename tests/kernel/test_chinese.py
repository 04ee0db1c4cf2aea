"""Readings, sort keys, initials, numerals: tables of cases, and properties over any text."""

import random
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from centerdesk.kernel.chinese import (
    KEY_LENGTH,
    PLACE_BITS,
    READINGS,
    arabic,
    char_readings,
    fold,
    initials,
    is_han,
    key_place,
    name_key,
    natural_key,
    readings,
    simplified,
    split_name,
    standard_forms,
)
from tests.helpers import pinyin_table

SOURCES = Path(__file__).resolve().parents[3] / "shared" / "data"
HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
NAMES = st.text(HAN, min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("张小明", ("张", "小明")),
        ("张", ("张", "")),
        ("", ("", "")),
        (" 张三 ", ("张", "三")),
        ("欧阳娜娜", ("欧阳", "娜娜")),
        ("歐陽鋒", ("歐陽", "鋒")),
        ("欧阳", ("欧", "阳")),
        ("单于", ("单", "于")),
        ("单于浩", ("单于", "浩")),
        ("司马光", ("司马", "光")),
        ("𫟼堃", ("𫟼", "堃")),
        ("阿依古丽·买买提", ("阿依古丽", "买买提")),
        ("阿依古丽•买买提", ("阿依古丽", "买买提")),
        ("Maria Lopez", ("Maria", "Lopez")),
        ("Cher", ("Cher", "")),
    ],
)
def test_split_name(name, parts):
    assert split_name(name) == parts


SURNAMES = {
    "zeng": "曾", "shan": "单", "qiu": "仇", "zha": "查", "xie": "解", "miao": "缪", "ren": "任", "ou": "区",
    "piao": "朴", "ge": "盖", "yue": "乐", "zhai": "翟", "qin": "覃", "chong": "种", "yun": "员", "he": "黑",
    "bi": "秘", "xian": "冼", "pang": "逄", "ning": "宁", "yan": "燕", "hua": "华",
}  # fmt: skip


@pytest.mark.parametrize(("syllable", "surname"), SURNAMES.items())
def test_a_surname_is_read_as_a_surname(syllable, surname):
    key = name_key(surname + "明")
    assert key.startswith(syllable)
    assert key[len(syllable)] in "1234"
    assert initials(surname + "明") == syllable[0] + "m"
    assert readings(surname + "明")[0] == (syllable, "ming")


@pytest.mark.parametrize(
    ("surname", "syllables"),
    [
        ("尉迟", ("yu", "chi")),
        ("万俟", ("mo", "qi")),
        ("单于", ("chan", "yu")),
        ("长孙", ("zhang", "sun")),
        ("長孫", ("zhang", "sun")),
        ("澹台", ("tan", "tai")),
        ("闾丘", ("lv", "qiu")),
    ],
)
def test_a_compound_surname_is_read_whole(surname, syllables):
    assert readings(surname + "明") == ((*syllables, "ming"),)


@pytest.mark.parametrize(
    ("tone", "surname"), [("shan4", "单"), ("hua4", "华"), ("ning4", "宁"), ("ren2", "任"), ("yan1", "燕")]
)
def test_the_tone_of_a_surname_is_in_the_key(surname, tone):
    assert name_key(surname + "明") == f"{tone}{surname}ming2明"


PIECES = st.sampled_from("王汪亡张章小晓明阿𬺈楊a7·" + "\ue863")


@given(st.text(PIECES, max_size=4), st.text(PIECES, max_size=4))
def test_of_two_keys_the_lesser_has_no_greater_place(one, other):
    lesser, greater = sorted((name_key(one), name_key(other)))
    assert key_place(lesser) <= key_place(greater) < 1 << PLACE_BITS


def test_different_first_or_second_characters_have_different_places():
    names = ("王小明", "王晓明", "汪小明", "王明", "王")
    assert len({key_place(name_key(name)) for name in names}) == len(names)
    assert key_place(name_key("王小明")) == key_place(name_key("王小红"))


def test_places_are_those_of_the_indexes_out_there():
    """Stored in every index: whoever changes the table of readings has to make the indexes anew (ADR 9)."""
    names = ("阿依古丽", "单田芳", "王小明", "做")
    assert [key_place(name_key(name)) for name in names] == [39789, 86103800, 99867017, 133824512]


def test_people_sort_by_pinyin_with_surname_readings():
    wanted = [
        "阿依古丽",
        "柏杨",
        "陈明",
        "盖明",
        "李明",
        "吕明",
        "欧阳明",
        "单明",
        "王大",
        "王大明",
        "曾明",
        "张明",
        "章阿",
        "郑明",
    ]
    shuffled = wanted[:]
    random.Random(7).shuffle(shuffled)
    assert sorted(shuffled, key=name_key) == wanted


def test_syllables_sort_before_longer_ones_and_namesakes_stand_together():
    assert sorted(["张一", "詹一", "章一", "张二"], key=name_key) == ["詹一", "张二", "张一", "章一"]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("单小明", {"shanxiaoming", "danxiaoming"}),
        ("曾明", {"zengming", "cengming"}),
        ("乐乐", {"yuele", "yueyue", "lele", "leyue"}),
        ("吕明", {"lvming"}),
        ("楊明", {"yangming"}),
        ("𫟼明", {"daming"}),
        ("㛃明", {"jieming"}),
        ("Maria", {""}),
        ("", {""}),
    ],
)
def test_all_readings(name, found):
    assert {"".join(way) for way in readings(name)} == found


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("张小明", "zxm"),
        ("欧阳娜娜", "oynn"),
        ("阿依古丽·买买提", "ayglmmt"),
        ("Maria Lopez", "ml"),
        ("𫟼堃", "dk"),
        ("王A", "wa"),
        ("", ""),
    ],
)
def test_initials(name, letters):
    assert initials(name) == letters


@given(NAMES)
@example("乐长行重乐长行重乐长行重")
def test_readings_are_bounded_distinct_and_agree_with_the_key(name):
    ways = readings(name)
    assert 1 <= len(ways) <= READINGS
    assert len(set(ways)) == len(ways)
    usual = "".join(ways[0])
    assert all(c.isascii() and c.islower() for c in usual)
    assert "".join(c for c in name_key(name) if c.isascii() and c.isalpha()).startswith(usual[:20])


@given(NAMES, NAMES)
def test_different_names_have_different_keys(one, other):
    assert (name_key(one) == name_key(other)) == (one == other)


def test_keys_fit_their_column():
    assert max(len(name_key(n)) for n in ("庄" * 40, "阿依古丽·买买提·吾斯曼江", "a" * 200)) <= KEY_LENGTH


def test_a_character_outside_the_table_is_still_read():
    assert char_readings("㒸") == ("sui4",)
    assert char_readings("ㅤ") == char_readings("a") == char_readings("\ue815") == ()


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＺＨＡＮＧ", "zhang"),
        ("楊小明", "杨小明"),
        ("齊齊哈爾", "齐齐哈尔"),
        ("买买提•吾", "买买提·吾"),
        ("lü", "lv"),
        ("张\u200b三\ufeff", "张三"),
        ("３号楼", "3号楼"),
    ],
)
def test_fold(text, folded):
    assert fold(text) == folded


@given(st.text(max_size=30))
def test_folding_settles(text):
    assert fold(fold(fold(text))) == fold(fold(text))


def test_simplified_keeps_what_is_simplified_already():
    assert simplified("雲和二網格，云和二网格") == "云和二网格，云和二网格"


def test_private_use_characters_get_their_standard_form():
    assert standard_forms("张\ue863") == "张䶮"
    assert standard_forms("张三") == "张三"
    assert is_han("\ue863")
    assert not is_han("a")


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("三", "3"),
        ("五零一", "501"),
        ("五〇一", "501"),
        ("十", "10"),
        ("十二", "12"),
        ("二十", "20"),
        ("二十三", "23"),
        ("一百零二", "102"),
        ("一百一十", "110"),
        ("两千零三", "2003"),
        ("叁佰贰拾壹", "321"),
        ("三栋二单元五零一", "3栋2单元501"),
        ("二〇二六", "2026"),
        ("百合园", "百合园"),
        ("千山路", "千山路"),
        ("3-2-501", "3-2-501"),
    ],
)
def test_arabic(text, digits):
    assert arabic(text) == digits


DIGITS = "零一二三四五六七八九"


def in_words(n):
    """Chinese numeral of 1 ≤ n ≤ 9999, written independently of the code under test."""
    words, zero = "", False
    for value, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = n // value % 10
        if digit:
            words += ("零" if zero and words else "") + DIGITS[digit] + unit
        zero = not digit
    return words.removeprefix("一") if 10 <= n < 20 else words


@given(st.integers(1, 9999))
def test_every_number_reads_back(n):
    assert arabic(in_words(n)) == str(n)
    assert arabic("".join(DIGITS[int(d)] for d in str(n))) == str(n)


def test_labels_sort_as_people_expect():
    wanted = ["3栋", "三栋北", "5栋", "12栋", "102栋", "阿城路", "云和一网格", "云和2网格", "云和十网格"]
    shuffled = wanted[:]
    random.Random(3).shuffle(shuffled)
    assert sorted(shuffled, key=natural_key) == wanted


@given(st.integers(0, 10**30), st.integers(0, 10**30))
def test_numbers_in_labels_sort_by_value(a, b):
    one, other = natural_key(f"{a}号楼"), natural_key(f"{b}号楼")
    assert (one < other, one == other) == (a < b, a == b)


def test_the_tables_are_those_their_sources_give():
    folder = SOURCES / "pinyin"
    if not folder.is_dir():
        pytest.skip("the sources are kept beside the project, not in it")
    for name in ("characters", "private_use"):
        shipped = (pinyin_table.RESOURCES / f"{name}.txt").read_text(encoding="utf-8")
        assert getattr(pinyin_table, name)(folder) == shipped


def test_every_surname_table_line_is_well_formed():
    for line in (pinyin_table.RESOURCES / "surnames.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            name, *ways = line.split(" ")
            assert len(ways) == (1 if len(name) == 1 else len(name)), line
            for way in ways:
                assert all(w[-1] in "1234" and w[:-1].isalpha() for w in way.split(",")), line


def test_real_names_all_have_keys():
    path = SOURCES / "names" / "ancient_names_250k.txt"
    if not path.is_file():
        pytest.skip("the sources are kept beside the project, not in it")
    names = path.read_text(encoding="utf-8").splitlines()[10::25]
    for name in names:
        assert unicodedata.is_normalized("NFC", name_key(name)) or not unicodedata.is_normalized("NFC", name)
        assert len(initials(name)) >= len(readings(name)[0])
