"""Watched: the rows that a `nabi.lab.Watch` kept, read as tables.

    rows    {"epoch": how many are done, "samples": how many pictures, "layers": [{"layer", "gradient_norm", ...}, ...]}
"""

from collections.abc import Sequence
from typing import Any

from nabi.core.errors import ArgumentError, did_you_mean

NUMBERS = ("gradient_norm", "weight_norm", "update_ratio", "dead", "zeros")


def table(rows: Sequence[dict[str, Any]], name: str) -> dict[str, list[float | None]]:
    """A number by layer, over the rows of a `Watch`; layers that have none are left out.

    Example:
        >>> table([{"layers": [{"layer": "conv", "dead": 0.0}, {"layer": "out", "dead": None}]}], "dead")
        {'conv': [0.0]}
    """
    if name not in NUMBERS:
        raise ArgumentError("Watch.table(name)", f"one of {', '.join(NUMBERS)}", repr(name), did_you_mean(name, NUMBERS))
    found: dict[str, list[float | None]] = {}
    for row in rows:
        for layer in row["layers"]:
            found.setdefault(layer["layer"], []).append(layer[name])
    return {layer: values for layer, values in found.items() if any(value is not None for value in values)}
