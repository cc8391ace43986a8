"""Effects: what one entry of a grid does, averaged over the others: does width matter, whatever the optimizer?

    a_vs = mean over all combinations of the other entries of the accuracy with value v and seed s
    values v and w are compared by the paired test of a_vs - a_ws over the seeds

Averaging comes first and the test has one number a seed, since runs of one seed are not independent of each other.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from statistics import fmean, stdev
from typing import Any

from nabi.lab.variants import shown
from nabi.lab.verdict import judged, several


def effects(values: Sequence[Mapping[str, Any]], accuracies: Sequence[Mapping[int, float]], step: float) -> list[dict[str, Any]]:
    """The effect of each entry of a grid.

    Args:
        values: entry -> value of each variant. accuracies: seed -> accuracy of each. step: what one sample makes.

    Returns: for each entry {"entry", "values": [{"name", "mean", "spread", "accuracies"}], "pairs": as in `nabi.lab.verdict`};
    [] for a single entry. Combinations that lack a value of the entry, or a seed, are left out.

    Example:
        >>> grid = [{"a": 1, "b": 1}, {"a": 1, "b": 2}, {"a": 2, "b": 1}, {"a": 2, "b": 2}]
        >>> found = effects(grid, [{0: 0.5}, {0: 0.7}, {0: 0.6}, {0: 0.8}], 0.001)
        >>> [(one["name"], round(one["mean"], 3)) for effect in found for one in effect["values"]]
        [('a 1', 0.6), ('a 2', 0.7), ('b 1', 0.55), ('b 2', 0.75)]
    """
    entries = list(values[0]) if values else []
    if len(entries) < 2:
        return []
    found = []
    for entry in entries:
        levels = list({repr(one[entry]): one[entry] for one in values if one[entry] is not None}.values())
        rests: dict[str, dict[str, Mapping[int, float]]] = {}
        for one, reached in zip(values, accuracies, strict=True):
            rest = repr({name: value for name, value in one.items() if name != entry})
            rests.setdefault(rest, {})[repr(one[entry])] = reached
        whole = [rest for rest in rests.values() if all(rest.get(repr(level)) for level in levels)]
        first = whole[0][repr(levels[0])] if whole and levels else {}
        seeds = [seed for seed in first if all(seed in rest[repr(level)] for rest in whole for level in levels)]
        if len(levels) < 2 or len(whole) < 2 or not seeds:
            continue
        means = {shown(entry, level): {seed: fmean(rest[repr(level)][seed] for rest in whole) for seed in seeds}
                 for level in levels}
        pairs = several([judged(a, b, means[a], means[b], step / len(whole)) for a, b in combinations(means, 2)])
        found.append({"entry": entry, "pairs": pairs, "values": [
            {"name": name, "mean": fmean(reached.values()), "spread": stdev(reached.values()) if len(reached) > 1 else None,
             "accuracies": reached} for name, reached in means.items()]})
    return found
