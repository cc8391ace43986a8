"""Metrics of outputs: Keras 1 and 2 gave a plain list of metrics to every output; Keras 3 wants one entry an output.

    compile(metrics=["mae"])      with outputs a and b: a_mae, b_mae
"""

import copy
from typing import Any

from nabi.training.outputs import metrics_per_output

of_outputs = metrics_per_output


def broadcast(value: Any, names: list[str], where: str) -> list[list]:
    """The metrics of each output: those of a list without lists in it, and a single one, are every output's.

    Example:
        >>> broadcast(["mae"], ["a", "b"], "metrics"), broadcast([["mae"], []], ["a", "b"], "metrics")
        ([['mae'], ['mae']], [['mae'], []])
    """
    if value is None or len(names) == 1 or isinstance(value, dict):
        return of_outputs(value, names, where)
    flat = list(value) if isinstance(value, (list, tuple)) else [value]
    if any(one is None or isinstance(one, (list, tuple)) for one in flat):
        return of_outputs(value, names, where)
    return [flat, *([one if isinstance(one, str) else copy.deepcopy(one) for one in flat] for _ in names[1:])]
