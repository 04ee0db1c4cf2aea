"""Rules of proposals (提议): what may be proposed, in which words, and who may decide. Pure."""

from __future__ import annotations

from uuid import UUID

OPEN, ACCEPTED, DECLINED = "open", "accepted", "declined"
REMOVE, MERGE, ENROL, PAUSE, WITHDRAW = "remove", "merge", "enrol", "pause", "withdraw"
KINDS = {
    REMOVE: "删到回收站",
    MERGE: "合并两条记录",
    ENROL: "登记看窗",
    PAUSE: "设暂停",
    WITHDRAW: "撤销看窗登记",
}
"""Kind → what would be done."""

RIGHTS = {
    REMOVE: "people.merge",
    MERGE: "people.merge",
    ENROL: "checkins.enrol",
    PAUSE: "checkins.enrol",
    WITHDRAW: "checkins.withdraw",
}
"""Kind → the right whoever decides holds in full, and whoever proposes holds as `propose`."""

MERGE_FIELDS = {
    "name": "姓名", "id_no": "证件号和生日", "phones": "先打哪个电话", "home": "住处和关系", "residence": "人户",
    "ethnic": "民族", "political": "政治面貌", "move_in_on": "迁入日期", "remark": "备注",
}  # fmt: skip
"""What is chosen between two records that become one. Telephone numbers and tags of both are always kept."""

WORDS = {
    REMOVE: ("登记重了", "登记错了", "本人要求", "不在本社区"),
    MERGE: ("同一个人", "登记重了"),
    ENROL: ("本人同意", "家属请求", "走访看到"),
    PAUSE: ("住院", "去家人家", "外出", "其他原因"),
    WITHDRAW: ("本人要求", "搬走了", "去世", "家人同住"),
}
"""Why: a word of a list, so that nothing personal is written down."""

YES = ("情况属实", "同意")
NO = ("不是同一位", "资料不全", "先核实", "不需要")


def proposal_problem(kind: str, word: str) -> str | None:
    """Why this cannot be proposed in these words; None when it can."""
    if kind not in KINDS:
        return "没有这一种提议。"
    return None if word in WORDS[kind] else "请从列表里选一个理由。"


def decision_problem(
    state: str, proposer: UUID, decider: UUID | None, *, accept: bool, word: str
) -> str | None:
    """Why `decider` cannot decide in this way; None when they can. Nobody decides their own proposal."""
    if state != OPEN:
        return "这条提议已经定过了。请刷新再看。"
    if decider is None or decider == proposer:
        return "自己提的，要另一位来定。"
    return None if word in (YES if accept else NO) else "请选一句答复。"


def after(*, accept: bool) -> str:
    """The state a decision leads to."""
    return ACCEPTED if accept else DECLINED
