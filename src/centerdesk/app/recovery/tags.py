"""Which groups the recovery sheet has, known to this machine only through tags under the data key.

The code itself lives on paper. The tags let the desk say which group was typed wrongly, also after a restart,
and let two groups be tried now and then; without the data key they say nothing, with it the sheet is not needed.
"""

from __future__ import annotations

import hmac
import unicodedata
from typing import Self

from centerdesk.kernel import keyslots
from centerdesk.kernel.keys import KeyRing
from centerdesk.kernel.paths import DataDir
from centerdesk.kernel.record import record
from centerdesk.kernel.recovery import ALPHABET, GROUP_LENGTH, GROUPS, RecoveryCode
from centerdesk.kernel.station import Station

TAGS = "sheet.tags"
"""Name in `station.toml`: number of the sheet, then one tag a group."""
_TAG_LENGTH = 24
_LOOKALIKES = ("8B", "5S", "2Z", "6G", "VU", "VY", "UW", "MN", "4A", "7T")


def remember(data: DataDir, station: Station, ring: KeyRing, code: RecoveryCode) -> Station:
    """Keep the tags of the present sheet in `station.toml`; gives the station as it stands now."""
    slot = keyslots.read(data.keyslots).find("recovery")
    number = slot.number if slot else 1
    tags = [_tag(ring, number, index, group) for index, group in enumerate(code.groups)]
    kept = station.with_setting(TAGS, f"{number}:{','.join(tags)}")
    kept.save(data.station_file)
    return kept


def _tag(ring: KeyRing, number: int, index: int, group: str) -> str:
    return ring.sign(f"recovery group {number} {index}", group.encode())[:_TAG_LENGTH]


def folded(typed: str) -> str:
    """What was typed as it stands on the sheet: upper case, half width, without blanks and dashes."""
    text = unicodedata.normalize("NFKC", typed).upper()
    return "".join(char for char in text if not (char.isspace() or char in "-–—_."))


def letters_problem(index: int, typed: str) -> str:
    """What is wrong with the letters or the length of group `index` (from 0), in a sentence; "" when nothing."""
    text = folded(typed)
    if strange := sorted(set(text) - set(ALPHABET)):
        return f"纸上没有 0 O 1 I L，第 {index + 1} 组里敲了“{' '.join(strange[:3])}”。请再看一眼。"
    if len(text) < GROUP_LENGTH:
        return f"第 {index + 1} 组还差 {GROUP_LENGTH - len(text)} 个字。大小写都行。"
    if len(text) > GROUP_LENGTH:
        return f"第 {index + 1} 组多敲了 {len(text) - GROUP_LENGTH} 个字。"
    return ""


@record
class SheetGroups:
    """The groups of one sheet (恢复单的八组), as far as they can be checked one by one.

    Without tags only length and letters are known; the whole is then tried at the end.
    """

    ring: KeyRing
    number: int
    tags: tuple[str, ...] = ()

    @classmethod
    def of(cls, data: DataDir, station: Station, ring: KeyRing) -> Self:
        """Those of the sheet that opens the database now. Raises EnvironmentFault and its kinds."""
        slot = keyslots.read(data.keyslots).find("recovery")
        number = slot.number if slot else 1
        head, _, rest = str(station.settings.get(TAGS, "")).partition(":")
        tags = tuple(rest.split(",")) if head == str(number) else ()
        return cls(ring, number, tags if len(tags) == GROUPS else ())

    @property
    def name(self) -> str:
        """`RS-02`, as printed on the sheet."""
        return keyslots.sheet_name(self.number)

    @property
    def checkable(self) -> bool:
        """Whether each group can be judged by itself."""
        return bool(self.tags)

    def problem(self, index: int, typed: str) -> str:
        """What is wrong with group `index` (from 0), in a sentence; "" when it is right or cannot be known."""
        text = folded(typed)
        problem = letters_problem(index, text)
        if problem or not self.tags or self._right(index, text):
            return problem
        if pair := self._mistaken_pair(index, text):
            return f"第 {index + 1} 组和纸上不一样，多半是 {pair[0]} 和 {pair[1]}。"
        return f"第 {index + 1} 组和纸上不一样。请对着纸再敲这一组。"

    def _right(self, index: int, text: str) -> bool:
        return hmac.compare_digest(self.tags[index], _tag(self.ring, self.number, index, text))

    def _mistaken_pair(self, index: int, text: str) -> str:
        """The two letters that were taken for one another, when exactly that explains it."""
        for at, char in enumerate(text):
            for pair in _LOOKALIKES:
                if char in pair:
                    other = pair.replace(char, "")
                    if self._right(index, text[:at] + other + text[at + 1 :]):
                        return pair
        return ""
