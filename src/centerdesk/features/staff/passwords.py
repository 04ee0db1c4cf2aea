"""Argon2id with the library's defaults; old hashes are renewed at the next sign-in."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher()


def hash_password(password: str) -> str:
    """The stored form of a password; about a tenth of a second."""
    return _HASHER.hash(password)


def verify_password(stored: str, password: str) -> bool:
    """Whether `password` is the one `stored` was made from; the same time for a wrong one and for a broken hash."""
    try:
        return _HASHER.verify(stored, password)
    except InvalidHashError:
        _spend(password)
        return False
    except VerificationError:
        return False


def renewed(stored: str, password: str) -> str | None:
    """A fresh hash when the parameters have risen since; None when `stored` will do."""
    return hash_password(password) if _HASHER.check_needs_rehash(stored) else None


def _spend(password: str) -> None:
    """The work of one check: making a hash is no more and no less than checking one."""
    _HASHER.hash(password)


def pretend(password: str) -> bool:
    """Take as long as a real check, for a name that does not exist; always False."""
    _spend(password)
    return False
