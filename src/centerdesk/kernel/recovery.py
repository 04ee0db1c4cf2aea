"""The recovery sheet's code: 8 groups of 5 characters and a check mark, printed once and typed back.

The code lives in memory only. What is kept on disk is the data key wrapped under it (keyslots).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from typing import NoReturn

from argon2.low_level import Type, hash_secret_raw

from centerdesk.kernel.errors import ValidationError

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""31 characters, without 0 O 1 I L; 40 of them hold 198 bits."""
GROUPS, GROUP_LENGTH, CHECK_LENGTH = 8, 5, 4
_LENGTH = GROUPS * GROUP_LENGTH
_LOOKALIKES = tuple(frozenset(pair) for pair in ("8B", "5S", "2Z", "6G", "VU", "VY", "UW", "MN", "4A", "7T"))


class RecoveryCode:
    """The code of one recovery sheet (恢复单). Shows in no repr; `groups` and `check` are for the printer."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        if len(text) != _LENGTH or not set(text) <= set(ALPHABET):
            raise ValueError("not a recovery code")
        self._text = text

    @classmethod
    def generate(cls) -> RecoveryCode:
        return cls("".join(secrets.choice(ALPHABET) for _ in range(_LENGTH)))

    @classmethod
    def parse(cls, typed: str) -> RecoveryCode:
        """Read what a person typed: any case, spaces and dashes, with or without the check mark at the end.

        Raises ValidationError with a sentence that does not repeat the code.
        """
        text = _normal(typed)
        if strange := sorted(set(text) - set(ALPHABET)):
            named = " ".join(strange[:5])
            raise ValidationError(
                {"": f"恢复单上只有字母和数字，没有 0 O 1 I L，您敲的里面有“{named}”。请再看一眼纸。"}
            )
        if len(text) not in (_LENGTH, _LENGTH + CHECK_LENGTH):
            raise ValidationError(
                {"": f"恢复单是 8 组、每组 5 个字，共 40 个，您敲了 {len(text)} 个。请对着纸数一数。"}
            )
        code = cls(text[:_LENGTH])
        if len(text) > _LENGTH and not hmac.compare_digest(text[_LENGTH:], code.check):
            raise ValidationError({"": "敲的和纸上的校验对不上，有一处敲错了。请一组一组对着纸看。"})
        return code

    @property
    def groups(self) -> tuple[str, ...]:
        """The 8 groups as printed."""
        return tuple(self._text[at : at + GROUP_LENGTH] for at in range(0, _LENGTH, GROUP_LENGTH))

    @property
    def check(self) -> str:
        """The 4 characters after 校验: tell a slip of the finger before the slow key derivation runs."""
        digest = hashlib.sha256(b"centerdesk recovery sheet " + self._text.encode()).digest()
        return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:CHECK_LENGTH])

    def check_group(self, index: int, typed: str) -> str:
        """What is wrong with group `index` (from 0) as typed, in a sentence (UI 18); empty when right."""
        group, text = self.groups[index], _normal(typed)
        if hmac.compare_digest(group.encode(), text.encode()):
            return ""
        if len(text) < GROUP_LENGTH:
            return f"第 {index + 1} 组还差 {GROUP_LENGTH - len(text)} 个字。大小写都行。"
        if len(text) > GROUP_LENGTH:
            return f"第 {index + 1} 组多敲了 {len(text) - GROUP_LENGTH} 个字。"
        wrong = [pair for pair in zip(group, text, strict=True) if pair[0] != pair[1]]
        if len(wrong) == 1 and (pair := frozenset(wrong[0])) in _LOOKALIKES:
            return f"第 {index + 1} 组和纸上不一样，多半是 {' 和 '.join(sorted(pair))}。"
        return f"第 {index + 1} 组和纸上不一样。请对着纸再敲这一组。"

    def stretch(self, salt: bytes, *, time_cost: int, memory_kib: int, lanes: int) -> bytes:
        """The 32-byte wrapping key (Argon2id)."""
        return hash_secret_raw(
            self._text.encode(),
            salt,
            time_cost=time_cost,
            memory_cost=memory_kib,
            parallelism=lanes,
            hash_len=32,
            type=Type.ID,
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RecoveryCode) and hmac.compare_digest(self._text, other._text)

    __hash__ = None  # type: ignore[assignment]  # a secret is no dictionary key

    def __repr__(self) -> str:
        return "RecoveryCode(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a recovery code is not pickled")


def _normal(typed: str) -> str:
    text = unicodedata.normalize("NFKC", typed).upper()
    return "".join(char for char in text if not (char.isspace() or char in "-–—_.·校验:"))
