"""Regions: the parts of a network that branch and join again: residual blocks, inception modules, dense layers.

    the entry of a join v  =  the last box through which all ways to v lead (its dominator)
    its region             =  v and what lies on the ways from the entry to v, if none of these boxes is read from outside

Smaller regions come first; a larger one takes their place where it has the same entry, or is small: at most `SMALL` boxes, `WIDE`
where it has more than two ways.

Source: Cooper, Harvey & Kennedy, "A simple, fast dominance algorithm", 2001 (graphs without circles need one pass).
"""

from dataclasses import dataclass

SMALL, WIDE = 16, 40
Edge = tuple[int, int]


@dataclass
class Region:
    """A part with one way in and one way out.

    Attributes:
        entry: the box before it, which it reads.
        join: its last box.
        inside: all its boxes, the join too, in order.
        ways: the ways from the entry to the join, each without both; () is a skip.
    """

    entry: int
    join: int
    inside: list[int]
    ways: list[list[int]]


def regions(n: int, edges: list[Edge]) -> list[Region]:
    """The regions of a network, none within another, in the order of their joins.

    Args:
        n: number of boxes; edges: pairs of boxes, from a lower to a higher number.

    Example:
        >>> found = regions(5, [(0, 1), (1, 2), (2, 3), (1, 3), (3, 4)])
        >>> [(r.entry, r.join, r.inside, r.ways) for r in found]
        [(1, 3, [2, 3], [[2], []])]
    """
    before, after = neighbours(n, edges)
    entry = dominators(n, before)
    above, below = closure(range(n), before), closure(reversed(range(n)), after)
    found: list[Region] = []
    sizes = []
    for join in range(n):
        if len(before[join]) > 1 and entry[join] >= 0:
            bits = below[entry[join]] & above[join]
            sizes.append((bits.bit_count(), join, bits))
    for _, join, bits in sorted(sizes):
        inside = [i for i in range(n) if bits >> i & 1] + [join]
        own = set(inside)
        if any(v not in own for u in inside[:-1] for v in after[u]):
            continue
        parts = [r for r in found if own & set(r.inside)]
        if any(not own >= set(r.inside) for r in parts):
            continue
        most = WIDE if len(before[join]) > 2 else SMALL
        if all(r.entry == entry[join] for r in parts) or len(inside) <= most:
            found = [r for r in found if r not in parts]
            found.append(Region(entry[join], join, inside, ways(entry[join], join, before)))
    return sorted(found, key=lambda region: region.join)


def neighbours(n: int, edges: list[Edge]) -> tuple[list[list[int]], list[list[int]]]:
    """For each box those that it reads, and those that read it."""
    before: list[list[int]] = [[] for _ in range(n)]
    after: list[list[int]] = [[] for _ in range(n)]
    for u, v in edges:
        before[v].append(u)
        after[u].append(v)
    return before, after


def dominators(n: int, before: list[list[int]]) -> list[int]:
    """For each box the last one through which all ways to it lead; -1 where there is none."""
    entry, depth = [-1] * n, [0] * n
    for v in range(n):
        at = before[v][0] if before[v] else -1
        for u in before[v][1:]:
            while at != u and at >= 0 and u >= 0:
                if depth[at] >= depth[u]:
                    at = entry[at]
                else:
                    u = entry[u]
            at = at if at == u else -1
        entry[v], depth[v] = at, depth[at] + 1 if at >= 0 else 1
    return entry


def closure(order, near: list[list[int]]) -> list[int]:
    """For each box all that can be reached by steps to `near`, as bits of a number."""
    found = [0] * len(near)
    for v in order:
        for u in near[v]:
            found[v] |= found[u] | 1 << u
    return found


def ways(entry: int, join: int, before: list[list[int]]) -> list[list[int]]:
    """For each box that the join reads the longest way from the entry to it."""
    known: dict[int, list[int]] = {entry: []}

    def longest(v: int) -> list[int]:
        todo = [v]
        while todo:
            at = todo[-1]
            waiting = [] if at in known else [u for u in before[at] if u not in known]
            todo += waiting
            if not waiting:
                todo.pop()
                known[at] = known[at] if at in known else [*max((known[u] for u in before[at]), key=len), at]
        return known[v]

    return [list(longest(u)) for u in before[join]]
