"""The sentence for each kind of problem: what is the matter and what to do. No personal value in any."""

from __future__ import annotations

_SENTENCES = {
    "id_duplicate": "这个证件号前面已经有另一个人在用，这一行没有收。请对照两人的证件，改正写错的一个。",
    "person_twice_phone_differs": "同一个人前面已经收过一次，两处内容不一样，这一行没有收。"
    "请确认哪一处对，手工合并。",
    "name_missing": "没有姓名，这一行没有收。请补上姓名。",
    "row_duplicate_identical": "与前面一行完全相同，只留了一条。不用处理。",
    "sex_contradicts_id": "性别与证件号对不上，按证件号收。请核对是性别写错还是号码写错。",
    "birth_contradicts_id": "出生日期与证件号对不上，按证件号收。请核对。",
    "birth_impossible": "出生日期这一天不存在，按证件号收。请核对后改正。",
    "movein_impossible": "迁入日期这一天不存在，先留空。请核对后补上。",
    "grid_unknown": "网格不在本站的名录里，先不分配网格。请改成名录里的网格，或先新建这个网格。",
    "area_code_unknown": "证件号前六位不在历年区划代码里，已收下。请对照证件看一眼。",
    "id_missing": "没有证件号，先按姓名收下，生日取自出生日期一栏。拿到证件后请补上。",
    "id_15_upgraded": "15 位旧号，已按规则补成 18 位。请对照新证件看一眼。",
    "phone_invalid": "有电话号码位数不对，没有采用，其余号码照收。请核对后补上。",
    "household_two_heads": "这一户前面已经有户主，这一行也照收。请核对谁是户主。",
    "tag_unknown": "有标签不在词表里，按原文留作自由文字，不参加统计。请改成词表里的标签，或不管它。",
    "id_lowercase_x": "证件号末位的 x 已改成大写 X。不用处理。",
    "id_fullwidth": "证件号里的全角字符已改成半角。不用处理。",
    "id_spaces": "证件号里的空格已去掉。不用处理。",
    "name_pua": "姓名里有旧字库的字，已换成标准字。请看一眼是否就是这个字。",
    "address_free_form": "门牌写法不规范，已认出并改成“楼-单元-室”。请看一眼。",
}
_NOT_UNDERSTOOD = {
    "birth_impossible": "出生日期不存在、不完整或在今天以后，又没有证件号可查，先留空。请核对后补上。",
    "movein_impossible": "迁入日期不完整，先留空。请核对后补上年月日。",
    "name_pua": "姓名里有显示不出的旧字库字，原样留着。请对照证件重新输入姓名。",
    "address_free_form": "门牌没有看懂，原文留着，没有对应到门户。请改成“楼-单元-室”，例如 3-2-501。",
}


def message(kind: str, *, understood: bool = True, other_paper: bool = False) -> str:
    """The sentence of a kind; `understood` is False where a value had to be left empty or as it was."""
    if other_paper:
        return (
            "这里写的不是公民身份号码（证件类型是别的证件），号码没有收，人先按姓名收下。"
            "请在人员页登记该证件。"
        )
    return _SENTENCES[kind] if understood else _NOT_UNDERSTOOD[kind]
