"""Timing two ways of doing a thing in one run, in turn, and printing their ratio."""

import gc
import statistics
import time
from collections.abc import Callable


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def compare(
    title: str,
    ours: tuple[str, Callable[[], object]],
    other: tuple[str, Callable[[], object]],
    *,
    rounds: int = 5,
    goal: str,
) -> float:
    """Print the medians of both and the median ratio ours / other."""
    pairs = [(seconds(ours[1]), seconds(other[1])) for _ in range(rounds)]
    ratio = statistics.median(a / b for a, b in pairs)
    mine, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
    print(f"{title}")
    print(f"  {ours[0]:<46} {mine * 1000:10.1f} ms")
    print(f"  {other[0]:<46} {theirs * 1000:10.1f} ms")
    print(f"  ratio {ratio:.2f}   ({goal})", flush=True)
    return ratio
