"""Field encryption: single values sealed and digested apart from the database's own encryption.

A sealed value is `suite byte | nonce | ciphertext and tag`. The suite byte lets SM2/SM3/SM4 replace the suite
where an assessment (密评) asks for it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from centerdesk.kernel.errors import DamagedDatabase, WrongKey

SUITE_AES_GCM = 1
_SUITE = bytes((SUITE_AES_GCM,))
_NONCE = 12
_BLOCK = 64


def stretch(secret: bytes, label: str, length: int = 32) -> bytes:
    """HKDF-SHA256 of a uniformly random secret; `label` names the purpose, so that keys never meet."""
    return HKDF(SHA256(), length, salt=None, info=b"centerdesk/1/" + label.encode()).derive(secret)


def seal(key: bytes, plain: bytes, bound_to: bytes) -> bytes:
    """Encrypt and authenticate `plain`; it opens only together with the same `bound_to`."""
    nonce = os.urandom(_NONCE)
    return _SUITE + nonce + AESGCM(key).encrypt(nonce, plain, bound_to)


def tagger(key: bytes) -> Callable[[bytes], bytes]:
    """HMAC-SHA256 under `key`, 64 bytes at most (RFC 2104), begun from its two keyed states; any thread.

    A third of the price of the library's object: an import digests two hundred thousand values.
    """
    block = key.ljust(_BLOCK, b"\0")
    inner, outer = (hashlib.sha256(bytes(byte ^ pad for byte in block)).copy for pad in (0x36, 0x5C))

    def tag(body: bytes) -> bytes:
        first, second = inner(), outer()
        first.update(body)
        second.update(first.digest())
        return second.digest()

    return tag


def unseal(key: bytes, blob: bytes, bound_to: bytes) -> bytes:
    """The plain bytes. Raises WrongKey when key, blob or `bound_to` is not the one it was sealed with."""
    if not blob or blob[0] != SUITE_AES_GCM:
        raise DamagedDatabase("这一项是用别的加密方式存的，或已损坏。请升级程序；还不行就用最近的好备份。")
    try:
        return AESGCM(key).decrypt(blob[1 : 1 + _NONCE], blob[1 + _NONCE :], bound_to)
    except (InvalidTag, ValueError) as exc:
        raise WrongKey("这一项解不开：钥匙不对，或内容被动过。请用最近的好备份核对。") from exc


class FieldCipher:
    """Seals ID numbers and telephone numbers (字段加密), so that a PostgreSQL server holds none in clear."""

    __slots__ = ("_seal_key", "_sealer", "_tag")

    def __init__(self, seal_key: bytes, digest_key: bytes) -> None:
        self._seal_key = seal_key
        self._sealer = AESGCM(seal_key)  # an import seals two hundred thousand values
        self._tag = tagger(digest_key)

    def seal(self, value: str, record_id: UUID, column: str) -> bytes:
        """The stored form; it cannot be moved to another record or column unnoticed."""
        nonce = os.urandom(_NONCE)
        bound_to = record_id.bytes + column.encode()
        return _SUITE + nonce + self._sealer.encrypt(nonce, value.encode(), bound_to)

    def open(self, blob: bytes, record_id: UUID, column: str) -> str:
        """The value again. Raises WrongKey or DamagedDatabase."""
        return unseal(self._seal_key, blob, record_id.bytes + column.encode()).decode()

    def digest(self, value: str, column: str) -> bytes:
        """32 keyed bytes for exact search and duplicates; without the key the values cannot be tried out."""
        return self._tag(f"{column}\0{value}".encode())

    def __repr__(self) -> str:
        return "FieldCipher(…)"
