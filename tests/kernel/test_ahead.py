"""What is made ahead comes in order, its errors where they belong, and no thread outlives its block."""

import threading
from itertools import islice

import pytest

from centerdesk.kernel.ahead import Ahead


def ours():
    return [thread for thread in threading.enumerate() if thread.name == "ahead"]


@pytest.mark.parametrize("count", [0, 1, 3, 500])
def test_everything_comes_in_order(count):
    with Ahead(iter(range(count)), depth=2) as made:
        assert list(made) == list(range(count))
    assert ours() == []


def test_items_are_made_in_another_thread():
    def where():
        yield threading.get_ident()

    with Ahead(where()) as made:
        assert list(made) != [threading.get_ident()]


def test_an_error_comes_after_what_was_made_before_it():
    def broken():
        yield 1
        raise ValueError("third page")

    with Ahead(broken()) as made:
        items = iter(made)
        assert next(items) == 1
        with pytest.raises(ValueError, match="third page"):
            next(items)
    assert ours() == []


def test_leaving_early_ends_the_maker():
    made_so_far = []

    def endless():
        number = 0
        while True:
            made_so_far.append(number)
            yield number
            number += 1

    with Ahead(endless(), depth=3) as made:
        taken = list(islice(made, 11))
    assert taken == list(range(11))
    assert ours() == []
    assert len(made_so_far) <= 11 + 3 + 1
