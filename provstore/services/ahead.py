"""Work in a second thread, while this one does something else."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

_T = TypeVar("_T")


@contextmanager
def ahead(items: Iterable[_T]) -> Iterator[Iterator[_T]]:
    """The same items, each of which is made while the one before it is worked on.

    Whoever takes them must not use meanwhile what they are made from. What is being made at the
    end is waited for.
    """
    made = iter(items)

    def some() -> list[_T]:
        return list(islice(made, 1))

    def taken(pool: ThreadPoolExecutor) -> Iterator[_T]:
        following = pool.submit(some)
        while item := following.result():
            following = pool.submit(some)
            yield from item

    with ThreadPoolExecutor(1, "provstore-ahead") as pool:
        yield taken(pool)
