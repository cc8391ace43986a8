"""Numbers: what stands behind a figure as JSON: short arrays in full, rounded; long ones by shape, range and mean."""

import json
import math
from typing import Any

import numpy as np

MOST, DIGITS = 1024, 6  # numbers of an array that is written in full; digits that count


def plain(thing: Any) -> Any:
    """Plain data as JSON has it; NaN and infinity, which JSON has not, become null.

    Example:
        >>> plain({"w": np.array([1 / 3, np.nan]), "n": np.int64(3), "picture": np.zeros((40, 40, 3))})["w"]
        [0.333333, None]
        >>> plain(np.arange(2000.0))["shape"], plain(np.arange(2000.0))["max"]
        ([2000], 1999.0)
    """
    if isinstance(thing, dict):
        return {str(name): plain(part) for name, part in thing.items()}
    if isinstance(thing, np.ndarray):
        return array(thing)
    if isinstance(thing, (list, tuple, set, frozenset)):
        return [plain(part) for part in thing]
    if thing is None or isinstance(thing, (str, bool, int)):
        return thing
    if isinstance(thing, np.generic):
        return plain(thing.item())
    if isinstance(thing, float):
        return float(f"{thing:.{DIGITS}g}") if math.isfinite(thing) else None
    if hasattr(thing, "detach"):
        return array(thing.detach().numpy())
    return str(thing)


def array(a: np.ndarray) -> Any:
    """An array as nested lists, or as what can be said of it in short."""
    if a.size <= MOST or a.dtype.kind not in "biufc":
        return plain(a.tolist())
    told: dict[str, Any] = {"shape": list(a.shape), "dtype": str(a.dtype)}
    known = a[np.isfinite(a)] if a.dtype.kind == "f" else a
    if known.size:
        told |= {"min": plain(known.min()), "max": plain(known.max()), "mean": plain(float(known.mean()))}
    return told


def text(numbers: dict[str, Any]) -> str:
    """The numbers of a figure as JSON text: a line for each row of an array.

    Example:
        >>> print(text({"x": np.eye(2), "n": 1}))
        {
          "x": [
            [1.0, 0.0],
            [0.0, 1.0]
          ],
          "n": 1
        }
    """
    return written(plain(numbers))


def written(thing: Any, indent: str = "") -> str:
    """JSON with lists of plain values on one line."""
    inner = indent + "  "
    if isinstance(thing, dict) and thing:
        parts = [f"{inner}{json.dumps(name, ensure_ascii=False)}: {written(part, inner)}" for name, part in thing.items()]
        return "{\n" + ",\n".join(parts) + f"\n{indent}}}"
    if isinstance(thing, list) and any(isinstance(part, (list, dict)) for part in thing):
        return "[\n" + ",\n".join(inner + written(part, inner) for part in thing) + f"\n{indent}]"
    return json.dumps(thing, ensure_ascii=False, allow_nan=False)
