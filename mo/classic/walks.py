"""Walks over ids, by whatever function tells what is near."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

Near = Callable[[str], Iterable[str]]


def breadth_first(starts: Iterable[str], near: Near, ends: Iterable[str] = ()) -> list[str]:
    """Ids in order of distance from the starts; nothing is looked for behind the ends."""
    last = set(ends)
    found = dict.fromkeys(starts)
    queue = deque(found)
    while queue:
        id = queue.popleft()
        for other in () if id in last else near(id):
            if other not in found:
                found[other] = None
                queue.append(other)
    return list(found)


def depth_first(start: str, visited: set[str], near: Near) -> list[str]:
    """Ids reached from a start, each after what it leads to; ``visited`` grows with them."""
    order: list[str] = []
    visited.add(start)
    stack = [(start, iter(near(start)))]
    while stack:
        id, others = stack[-1]
        for other in others:
            if other not in visited:
                visited.add(other)
                stack.append((other, iter(near(other))))
                break
        else:
            order.append(id)
            stack.pop()
    return order
