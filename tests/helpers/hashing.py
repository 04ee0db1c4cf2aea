"""Argon2 at its cheapest: a quarter of a second a time is for guessers, and the tests hash a thousand times.

What the program itself asks of Argon2 is looked at where it runs as its users run it (`test_cli_init`).
"""

from __future__ import annotations

from argon2 import PasswordHasher

from centerdesk.features.staff import passwords
from centerdesk.kernel import keyslots

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def cheapen() -> None:
    """For the rest of this process: passwords and recovery sheets."""
    passwords._HASHER = CHEAP
    keyslots._TIME_COST, keyslots._MEMORY_KIB, keyslots._LANES = 1, 8, 1
