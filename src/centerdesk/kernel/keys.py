"""The data key of a database and the keys derived from it. Secrets show in no repr and are not pickled."""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import cached_property
from typing import NoReturn

from centerdesk.kernel.cipher import FieldCipher, stretch

KEY_BYTES = 32


class DataKey:
    """The one random 256-bit key of a database (数据密钥); key slots wrap it, nothing stores it in clear."""

    __slots__ = ("_raw",)

    def __init__(self, raw: bytes) -> None:
        if len(raw) != KEY_BYTES:
            raise ValueError("a data key has 32 bytes")
        self._raw = raw

    @classmethod
    def generate(cls) -> DataKey:
        return cls(os.urandom(KEY_BYTES))

    def derive(self, label: str, length: int = 32) -> bytes:
        """The key for one purpose (HKDF-SHA256)."""
        return stretch(self._raw, label, length)

    def expose(self) -> bytes:
        """The raw bytes, for the key slots that wrap them and for nothing else."""
        return self._raw

    @property
    def fingerprint(self) -> str:
        """16 hex digits that name this key and tell nothing about it."""
        return self.derive("fingerprint", 8).hex()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DataKey) and hmac.compare_digest(self._raw, other._raw)

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __repr__(self) -> str:
        return f"DataKey({self.fingerprint[:4]}…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a data key is not pickled")


class KeyRing:
    """What the program holds while a database is open (钥匙串): one key for each purpose."""

    def __init__(self, data_key: DataKey) -> None:
        self._data_key = data_key

    @cached_property
    def cipher(self) -> FieldCipher:
        return FieldCipher(self._data_key.derive("field seal"), self._data_key.derive("field digest"))

    @cached_property
    def database_key(self) -> bytes:
        """Raw SQLCipher key."""
        return self._data_key.derive("database")

    @cached_property
    def journal_key(self) -> bytes:
        """Key of the journal's HMAC chain."""
        return self._data_key.derive("journal chain")

    @property
    def data_key(self) -> DataKey:
        """The key itself, for a new recovery sheet."""
        return self._data_key

    @property
    def fingerprint(self) -> str:
        return self._data_key.fingerprint

    def derive(self, label: str) -> bytes:
        """32 bytes for another purpose: drafts, clipboard, cards."""
        return self._data_key.derive(label)

    def sign(self, purpose: str, data: bytes) -> str:
        """HMAC-SHA256 as hex, under a key of its own for each purpose."""
        return hmac.digest(self._data_key.derive("sign " + purpose), data, hashlib.sha256).hex()

    def signed(self, purpose: str, data: bytes, tag: str) -> bool:
        """Whether `tag` is what `sign` gives."""
        return tag.isascii() and hmac.compare_digest(self.sign(purpose, data), tag)

    def __repr__(self) -> str:
        return f"KeyRing({self.fingerprint[:4]}…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key ring is not pickled")
