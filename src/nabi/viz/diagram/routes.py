"""Routes: the lines of a diagram between its ranks, upright and level, in lanes of their own where they would lie on each other.

In the gap behind a rank a line leaves its box straight on, runs across in a lane, and goes straight on into the next rank. Lines
that leave one box, or that arrive at one box, share a lane. A lane from place x must lie before any lane to place x, or the two
upright parts would cover each other.

Source: Hashimoto & Stevens, "Wire routing by optimizing channel assignment within large apertures", 1971 (left edge algorithm).
"""

from dataclasses import dataclass

from nabi.viz.diagram.ranks import Doors, Ranked

STRAIGHT = 0.75  # lines that move less are drawn straight
LANE, SIDE = 10.0, 14.0  # from lane to lane; from a rank to its first lane
CLEAR = 6.0  # between two lines in one lane


@dataclass
class Star:
    """Lines of one gap that share a box at one end, and so a lane."""

    parts: list[tuple[int, int]]
    sources: set[float]
    targets: set[float]
    lane: int = 0

    @property
    def ends(self) -> tuple[float, float]:
        """First and last place that the lane reaches."""
        return min(self.sources | self.targets), max(self.sources | self.targets)


def lanes(graph: Ranked, number: int, x: list[float], others: set) -> tuple[dict[tuple[int, int], int], int]:
    """The lane of each line behind a rank that is neither straight nor among the `others`, and how many lanes there are."""
    bent = [(u, v) for u in graph.ranks[number] for v in graph.after.get(u, [])
            if abs(x[u] - x[v]) >= STRAIGHT and (u, v) not in others]
    stars = []
    while bent:
        ends = [(side, part[side]) for part in bent for side in (0, 1)]
        side, box = max(ends, key=lambda end: (ends.count(end), -end[0]))
        parts = [part for part in bent if part[side] == box]
        bent = [part for part in bent if part[side] != box]
        stars.append(Star(parts, {x[u] for u, _ in parts}, {x[v] for _, v in parts}))
    for star in in_order(stars):
        taken = [other for other in stars if other.lane and (meet(star.sources, other.sources) or covers(star, other))]
        after = max((other.lane for other in stars if other.lane and meet(other.sources, star.targets)), default=0)
        free = after + 1
        while any(other.lane == free for other in taken):
            free += 1
        star.lane = free
    return {part: star.lane for star in stars for part in star.parts}, max((star.lane for star in stars), default=0)


def opened(graph: Ranked, x: list[float], doors: list[Doors]) -> dict[int, int]:
    """Gives each door beside the middle of its box a number and a place of its own; {door: box}."""
    boxes: dict[int, int] = {}
    known: dict[tuple[int, float], int] = {}
    for chain, offsets in zip(graph.chains, doors, strict=True):
        for end, offset in zip((0, -1), offsets, strict=True):
            if offset:
                box = chain[end]
                chain[end] = known.setdefault((box, offset), len(x))
                if chain[end] == len(x):
                    x.append(x[box] + offset)
                    boxes[chain[end]] = box
    for rank in graph.ranks:
        rank += [door for door, box in boxes.items() if box in rank]
    graph.join()
    return boxes


def sideways(graph: Ranked, x: list[float], widths: list[float]) -> set[tuple[int, int]]:
    """Last parts of lines past other boxes that can reach their box from its side: nothing stands in their way."""
    found: set[tuple[int, int]] = set()
    level = {i: number for number, rank in enumerate(graph.ranks) for i in rank}
    taken: dict[int, list[tuple[int, float, float]]] = {}  # in each rank: which box, from where to where
    for chain, past in zip(graph.chains, graph.skips, strict=True):
        u, v = chain[-2:]
        if past and v < graph.boxes and abs(x[u] - x[v]) >= widths[v] / 2 + SIDE:
            rank, others = graph.ranks[level[v]], taken.setdefault(level[v], [])
            low, high = sorted((x[u], x[v]))
            boxes = any(low - widths[i] / 2 <= x[i] <= high + widths[i] / 2 for i in rank if i < graph.boxes and i != v)
            lines = any(abs(x[i] - x[u]) < CLEAR for i in rank if i >= graph.boxes and graph.begins[i] != graph.begins[u])
            meets = any(i != v and low < end + CLEAR and start < high + CLEAR for i, start, end in others)
            if not boxes and not lines and not meets:
                found.add((u, v))
                others.append((v, low, high))
    return found


def covers(one: Star, other: Star) -> bool:
    """Whether two stars would touch in one lane."""
    return one.ends[0] < other.ends[1] + CLEAR and other.ends[0] < one.ends[1] + CLEAR


def meet(some: set[float], others: set[float]) -> bool:
    """Whether upright lines at these places would touch."""
    return any(abs(a - b) < CLEAR for a in some for b in others)


def in_order(stars: list[Star]) -> list[Star]:
    """Those first from whose place another one's target is; where they go round in a circle, the shorter first."""
    left, found = sorted(stars, key=lambda star: star.ends[1] - star.ends[0]), []
    while left:
        free = [star for star in left if not any(meet(other.sources, star.targets) for other in left if other is not star)]
        found.append((free or left)[0])
        left.remove(found[-1])
    return found


def corner(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The points where a line turns, with its ends.

    Example:
        >>> corner([(0, 0), (0, 5), (0, 9), (4, 9)])
        [(0, 0), (0, 9), (4, 9)]
    """
    found: list[tuple[float, float]] = []
    for point in points:
        if found and point == found[-1]:
            continue
        if len(found) > 1 and any(found[-2][axis] == found[-1][axis] == point[axis] for axis in (0, 1)):
            found.pop()
        found.append(point)
    return found
