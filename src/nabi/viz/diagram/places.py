"""Places: where the boxes of each rank stand: what follows in a straight line stands in one column, forks are symmetric.

    minimise   sum over lines between columns  w (x_a + out - x_b - into)^2      out, into: where a line meets a wide box
    such that  x_b - x_a >= half their widths and a gap            for neighbours a, b in any rank

A column is a run of boxes and places of which each has one way on and the next has one way in. Lines past other boxes, and the
shorter of two ways where the other is twice as long, do not count: they bend, and the main path stays straight.
The minimum is found by Hildreth's method: one constraint after the other is met by the smallest move, until all of them are.

Sources: Gansner et al., "A technique for drawing directed graphs", 1993; Hildreth, "A quadratic programming procedure", 1957.
"""

import numpy as np

from nabi.viz.diagram.ranks import Doors, Ranked

SWEEPS, CLOSE = 400, 1e-4
LINE = 14.0  # room for a line between boxes
ASIDE, USUAL, STILL = 0.001, 1.0, 1e-6  # pull of lines that bend aside, of others, towards 0


def placed(graph: Ranked, widths: list[float], gap: float, doors: list[Doors]) -> list[float]:
    """The middle of each box and place along its rank, the leftmost edge at 0."""
    total = 1 + max((i for rank in graph.ranks for i in rank), default=-1)
    width = [*widths, *[LINE] * (total - len(widths))]
    column = columns(graph, total)
    distances = neighbours(graph, column, width, gap)
    order = sorted_columns(distances, max(column, default=-1) + 1)
    if order is None:  # two columns change sides on their way: each box stands for itself
        column = list(range(total))
        distances = neighbours(graph, column, width, gap)
        order = sorted_columns(distances, total) or column
    x = solved(graph, column, distances, order, doors)
    left = min((x[column[i]] - width[i] / 2 for i in range(total)), default=0.0)
    return [round(2 * (x[column[i]] - left)) / 2 for i in range(total)]


def columns(graph: Ranked, total: int) -> list[int]:
    """The number of the column of each box and place."""
    after, before = main_ways(graph, total, 1), main_ways(graph, total, -1)
    column, free = [-1] * total, 0
    for rank in graph.ranks:
        for i in rank:
            above = before[i]
            if above is not None and after[above] == i:
                column[i] = column[above]
            else:
                column[i], free = free, free + 1
    return column


def main_ways(graph: Ranked, total: int, step: int) -> list[int | None]:
    """For each box or place the one that its main way leads to, down (step 1) or up (-1); None where there are several."""
    ways: list[list[int]] = [[] for _ in range(total)]
    for chain, past in zip(graph.chains, graph.skips, strict=True):
        run = chain[::step]
        for u, v in zip(run, run[1:], strict=False):
            if (not past or (u >= graph.boxes and v >= graph.boxes)) and v not in ways[u]:
                ways[u].append(v)

    def length(v: int) -> int:
        boxes = 0
        while True:
            boxes += v < graph.boxes
            back = graph.before if step > 0 else graph.after
            if len(ways[v]) != 1 or len(back.get(ways[v][0], [])) != 1:
                return boxes
            v = ways[v][0]

    found: list[int | None] = []
    for ends in ways:
        if len(ends) == 2:
            short, long = sorted(ends, key=length)
            ends = [long] if length(long) >= 2 * length(short) else ends
        found.append(ends[0] if len(ends) == 1 else None)
    return found


def apart(graph: Ranked, i: int, j: int, width: list[float], gap: float) -> float:
    """How far the middles of two neighbours in a rank must be from each other: lines may run closer together than boxes stand."""
    lines = (i >= graph.boxes) + (j >= graph.boxes)
    return (width[i] + width[j]) / 2 + (gap, gap / 2, 0.0)[lines]


def neighbours(graph: Ranked, column: list[int], width: list[float], gap: float) -> dict[tuple[int, int], float]:
    """For columns (a, b) that stand side by side in some rank, a to the left: how far apart they must be."""
    found: dict[tuple[int, int], float] = {}
    for rank in graph.ranks:
        for i, j in zip(rank, rank[1:], strict=False):
            pair = column[i], column[j]
            found[pair] = max(found.get(pair, 0.0), apart(graph, i, j, width, gap))
    return found


def sorted_columns(distances: dict[tuple[int, int], float], count: int) -> list[int] | None:
    """The columns so that each comes after those to its left; None if there is no such order."""
    left = [0] * count
    for _, b in distances:
        left[b] += 1
    free, found = [c for c in range(count) if not left[c]], []
    while free:
        a = free.pop(0)
        found.append(a)
        for one, b in distances:
            if one == a:
                left[b] -= 1
                if not left[b]:
                    free.append(b)
    return found if len(found) == count else None


def solved(graph: Ranked, column: list[int], distances: dict[tuple[int, int], float], order: list[int],
           doors: list[Doors]) -> np.ndarray:
    """Where the columns stand."""
    n = len(order)
    Q, pull = np.eye(n) * STILL, np.zeros(n)
    for chain, past, (out, into) in zip(graph.chains, graph.skips, doors, strict=True):
        for u, v in zip(chain, chain[1:], strict=False):
            a, b, w = column[u], column[v], ASIDE if past else USUAL
            if a != b:
                Q[[a, b], [a, b]] += w
                Q[[a, b], [b, a]] -= w
                aim = w * ((into if v == chain[-1] else 0.0) - (out if u == chain[0] else 0.0))
                pull[a], pull[b] = pull[a] + aim, pull[b] - aim
    x, pairs = np.linalg.solve(Q, pull) if n else pull, list(distances.items())
    A = np.zeros((len(pairs), n))
    for row, ((a, b), _) in enumerate(pairs):
        A[row, a], A[row, b] = -1, 1
    moves = np.linalg.solve(Q, A.T) if n else A.T
    scale, force = np.einsum("rc,cr->r", A, moves), np.zeros(len(pairs))
    for _ in range(SWEEPS):
        worst = 0.0
        for row, ((a, b), distance) in enumerate(pairs):
            step = max(-force[row], (distance - x[b] + x[a]) / scale[row])
            force[row] += step
            x += step * moves[:, row]
            worst = max(worst, abs(step) * scale[row])
        if worst < CLOSE:
            break
    for b in order:  # what rounding has left too near
        x[b] = max([x[b], *(x[a] + distance for (a, other), distance in pairs if other == b)])
    return x
