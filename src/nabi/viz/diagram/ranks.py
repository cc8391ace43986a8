"""Ranks: which boxes of a diagram stand side by side, and in which order: the first half of a layered drawing.

    rank(v) = 1 + max over its predecessors u of rank(u);  a source stands directly before the first box that reads it
    an edge over several ranks passes through a place in each rank between, so that no line crosses a box; edges that leave one
    box share these places, since they carry one thing
    order: each rank sorted by the mean place of its neighbours in the rank before (after), down and up, the best way kept; edges
    past other boxes stay to the right of the box that they leave

Source: Sugiyama, Tagawa & Toda, "Methods for visual understanding of hierarchical system structures", 1981.
"""

from dataclasses import dataclass, field

SWEEPS = 8
Doors = tuple[float, float]  # how far from the middles of its boxes a line leaves and arrives


@dataclass
class Ranked:
    """Boxes 0 ... n - 1, and from n on the places that long edges pass through.

    Attributes:
        ranks: the boxes and places of each rank, in order.
        chains: for each edge the boxes and places that it goes through, its ends included.
        skips: whether each edge leads past other boxes, so that another way from its first to its last box is longer.
        boxes: n.
        aside: places through which only such edges go.
        leans: {(box, neighbour): by what share of its place the line between them leaves the middle of the box}.
        before, after: the neighbours of each box and place; begins: where what goes through it comes from.
    """

    ranks: list[list[int]]
    chains: list[list[int]]
    skips: list[bool]
    boxes: int
    aside: set[int]
    leans: dict[tuple[int, int], float]
    before: dict[int, list[int]] = field(init=False)
    after: dict[int, list[int]] = field(init=False)
    begins: dict[int, int] = field(init=False)

    def __post_init__(self):
        self.join()

    def join(self) -> None:
        """Finds the neighbours in the chains."""
        self.before, self.after = {}, {}
        for u, v in dict.fromkeys(part for chain in self.chains for part in zip(chain, chain[1:], strict=False)):
            self.after.setdefault(u, []).append(v)
            self.before.setdefault(v, []).append(u)
        self.begins = {i: chain[0] for chain in self.chains for i in chain}


def ranked(n: int, edges: list[tuple[int, int]], doors: list[Doors], spread: bool = False) -> Ranked:
    """Ranks and order of n boxes; each edge leads from a lower to a higher number.

    Args:
        n: number of boxes.
        edges: pairs of boxes.
        doors: for each edge how far from the middle of its boxes it leaves and arrives.
        spread: sources stand in the first rank, and what leads nowhere stands in the last.

    Example:
        >>> found = ranked(3, [(0, 1), (1, 2), (0, 2)], [(0, 0)] * 3)
        >>> found.ranks, found.chains, found.skips
        ([[0], [1, 3], [2]], [[0, 1], [1, 2], [0, 3, 2]], [False, False, True])
    """
    rank = longest(n, edges, spread)
    ranks: list[list[int]] = [[] for _ in range(max(rank, default=-1) + 1)]
    for box, number in enumerate(rank):
        ranks[number].append(box)
    place: dict[tuple[int, float, int], int] = {}  # of what leaves a box by a door, in a rank
    chains: list[list[int]] = []
    leans: dict[tuple[int, int], float] = {}
    for (u, v), (out, into) in zip(edges, doors, strict=True):
        for number in range(rank[u] + 1, rank[v]):
            if (u, out, number) not in place:
                place[u, out, number] = n + len(place)
                ranks[number].append(place[u, out, number])
        chain = [u, *(place[u, out, number] for number in range(rank[u] + 1, rank[v])), v]
        leans[u, chain[1]], leans[v, chain[-2]] = out / (2 + 2 * abs(out)), into / (2 + 2 * abs(into))
        chains.append(chain)
    skips = bypasses(n, edges)
    needed = {i for chain, past in zip(chains, skips, strict=True) if not past for i in chain}
    return ordered(Ranked(ranks, chains, skips, n, set(place.values()) - needed, leans))


def longest(n: int, edges: list[tuple[int, int]], spread: bool) -> list[int]:
    """The rank of each box."""
    rank = [0] * n
    for u, v in sorted(edges, key=lambda edge: edge[1]):
        rank[v] = max(rank[v], rank[u] + 1)
    for box in reversed(range(n)):
        readers = [rank[v] for u, v in edges if u == box]
        if readers and not spread and not any(v == box for _, v in edges):
            rank[box] = min(readers) - 1
        elif spread and not readers:
            rank[box] = max(rank)
    return rank


def bypasses(n: int, edges: list[tuple[int, int]]) -> list[bool]:
    """For each edge (u, v) whether u is also behind another predecessor of v."""
    before: list[list[int]] = [[] for _ in range(n)]
    for u, v in edges:
        before[v].append(u)
    above = [0] * n  # as bits, every box from which one leads here
    for v in range(n):
        for u in before[v]:
            above[v] |= above[u] | 1 << u
    return [any(above[p] >> u & 1 for p in before[v] if p != u) for u, v in edges]


def ordered(graph: Ranked) -> Ranked:
    """The graph with the order of each rank that has the fewest crossings among those that the sweeps meet."""
    best, fewest = [list(rank) for rank in graph.ranks], crossings(graph)
    place = {box: i for rank in graph.ranks for i, box in enumerate(rank)}
    for sweep in range(SWEEPS):
        if not fewest:
            break
        down = sweep % 2 == 0
        numbers = range(1, len(graph.ranks)) if down else reversed(range(len(graph.ranks) - 1))
        near = graph.before if down else graph.after
        for number in numbers:

            def mean(box, near=near):
                seen = {other: place[other] + graph.leans.get((other, box), 0.0) for other in near.get(box, [box])}
                if box in graph.aside:
                    return min(at + (0.5 if other < graph.boxes else 0.0) for other, at in seen.items())
                plain = [at for other, at in seen.items() if other not in graph.aside] or seen.values()
                return sum(plain) / len(plain)

            graph.ranks[number].sort(key=mean)
            place.update((box, i) for i, box in enumerate(graph.ranks[number]))
        found = crossings(graph)
        if found < fewest:
            best, fewest = [list(rank) for rank in graph.ranks], found
    graph.ranks[:] = [nested(rank, graph) for rank in best]
    return graph


def nested(rank: list[int], graph: Ranked) -> list[int]:
    """The rank with edges past other boxes that run side by side in the order in which they began, the first outside."""
    found: list[int] = []
    run: list[int] = []
    for i in [*rank, -1]:
        if i in graph.aside:
            run.append(i)
        else:
            found += [*sorted(run, key=graph.begins.__getitem__, reverse=True), i]
            run = []
    return found[:-1]


def crossings(graph: Ranked) -> int:
    """How many pairs of lines cross between neighbouring ranks."""
    total = 0
    for rank, following in zip(graph.ranks, graph.ranks[1:], strict=False):
        place = {box: i for i, box in enumerate(following)}
        starts = [(i + graph.leans.get((u, v), 0.0), place[v] + graph.leans.get((v, u), 0.0))
                  for i, u in enumerate(rank) for v in graph.after.get(u, [])]
        ends = [end for _, end in sorted(starts)]
        total += sum(ends[i] > ends[j] for i in range(len(ends)) for j in range(i + 1, len(ends)))
    return total
