"""Layout: boxes and the lines between them, placed: ranks one after the other, boxes side by side in their rank.

Everything is counted across (along a rank) and along (from rank to rank), so that a diagram may run in any direction.
"""

from dataclasses import dataclass

from nabi.viz.diagram.places import LINE, placed
from nabi.viz.diagram.ranks import Doors, ranked
from nabi.viz.diagram.routes import LANE, SIDE, corner, lanes, opened, sideways

Point = tuple[float, float]  # (across, along)
GAP = 26.0  # between boxes of a rank


@dataclass
class Layout:
    """Where everything is.

    Attributes:
        size: across and along.
        middles: of each box.
        routes: for each edge the points at which it turns, from border to border.
        skips: whether each edge leads past other boxes.
    """

    size: Point
    middles: list[Point]
    routes: list[list[Point]]
    skips: list[bool]


def laid_out(sizes: list[Point], edges: list[tuple[int, int]], doors: list[Doors] | None = None, spread: bool = False) -> Layout:
    """Places for boxes of these sizes, (across, along); each edge leads from a lower to a higher number.

    Args:
        sizes: of the boxes.
        edges: pairs of boxes; those of one pair have different doors.
        doors: for each edge how far from the middle of its boxes it leaves and arrives; None, in the middle.
        spread: sources stand in the first rank, and what leads nowhere stands in the last.

    Example:
        >>> found = laid_out([(40, 20), (40, 20)], [(0, 1)])
        >>> found.size, found.middles, found.routes
        ((40.0, 68.0), [(20.0, 10.0), (20.0, 58.0)], [[(20.0, 20.0), (20.0, 48.0)]])
    """
    doors = doors or [(0.0, 0.0)] * len(edges)
    graph = ranked(len(sizes), edges, doors, spread)
    x = placed(graph, [size[0] for size in sizes], GAP, doors)
    total = max((x[i] + (sizes[i][0] if i < len(sizes) else LINE) / 2 for i in range(len(x))), default=0.0)
    box = {i: i for i in range(len(sizes))} | opened(graph, x, doors)
    beside = sideways(graph, x, [size[0] for size in sizes])
    start, starts, ends, lane, lane_at = 0.0, [], [], {}, {}
    for number, rank in enumerate(graph.ranks):
        depth = max((sizes[i][1] for i in rank if i < len(sizes)), default=0.0)
        starts.append(start)
        ends.append(start + depth)
        found, count = lanes(graph, number, x, beside)
        lane.update(found)
        lane_at.update({(number, k): start + depth + SIDE + (k - 1) * LANE for k in range(1, count + 1)})
        start += depth + 2 * SIDE + max(count - 1, 0) * LANE
    level = {i: number for number, rank in enumerate(graph.ranks) for i in rank}
    middles = [(x[i], (starts[level[i]] + ends[level[i]]) / 2) for i in range(len(sizes))]
    routes = []
    for chain in graph.chains:
        first, last = chain[0], chain[-1]
        at = x[first]  # where the line runs; it moves where it has a lane
        points = [(at, middles[box[first]][1] + sizes[box[first]][1] / 2)]
        for u, v in zip(chain, chain[1:], strict=False):
            if (u, v) in beside:
                edge = x[v] + sizes[v][0] / 2 * (1 if x[u] > x[v] else -1)
                points += [(at, middles[v][1]), (edge, middles[v][1])]
                break
            if (u, v) in lane:
                across = lane_at[level[u], lane[u, v]]
                points += [(at, across), (x[v], across)]
                at = x[v]
            points.append((at, ends[level[v]] if v != last else middles[box[v]][1] - sizes[box[v]][1] / 2))
        routes.append(corner(points))
    return Layout((total, ends[-1] if ends else 0.0), middles, routes, graph.skips)
