"""Points in a plane, in two classes, for networks small enough to watch: what a picture cannot show, two numbers can.

    moons      two half circles, one into the other, with some noise
    spirals    two arms that wind round each other one and a half times
    xor        four clouds, neighbours of other classes
"""

import numpy as np

from nabi.core.errors import UnknownName, did_you_mean

POINTS = 120
NAMES = ("moons", "spirals", "xor")


def moons(n: int = POINTS, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Two half circles: (n, 2) float32 points and (n,) classes."""
    draw = np.random.default_rng(seed)
    angle = np.pi * draw.random(n)
    first = np.stack([np.cos(angle[:n // 2]), np.sin(angle[:n // 2])], axis=1)
    second = np.stack([1 - np.cos(angle[n // 2:]), 0.5 - np.sin(angle[n // 2:])], axis=1)
    points = np.concatenate([first, second]) + 0.13 * draw.standard_normal((n, 2))
    return points.astype(np.float32), np.repeat([0, 1], [n // 2, n - n // 2])


def spirals(n: int = POINTS, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Two arms: (n, 2) float32 points and (n,) classes; n even."""
    draw = np.random.default_rng(seed)
    t = np.sqrt(np.linspace(0.02, 1, n // 2))
    arm = (t * np.stack([np.cos(3 * np.pi * t), np.sin(3 * np.pi * t)])).T
    points = np.concatenate([arm, -arm]) + 0.02 * draw.standard_normal((n // 2 * 2, 2))
    return points.astype(np.float32), np.repeat([0, 1], n // 2)


def xor(n: int = POINTS, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Four clouds round the corners of a square: (n, 2) float32 points and (n,) classes."""
    draw = np.random.default_rng(seed)
    corners = np.arange(n) % 4
    x, y = corners // 2, corners % 2
    points = np.stack([x, y], axis=1) + 0.16 * draw.standard_normal((n, 2))
    return points.astype(np.float32), x ^ y


def points_of(name: str) -> tuple[np.ndarray, np.ndarray]:
    """The points of a name.

    Example:
        >>> x, y = points_of("moons")
        >>> x.shape, y.tolist().count(1)
        ((120, 2), 60)

    Raises UnknownName.
    """
    if name not in NAMES:
        raise UnknownName("points_of(name)", f"one of {', '.join(NAMES)}", repr(name), did_you_mean(name, NAMES))
    return {"moons": moons, "spirals": spirals, "xor": xor}[name]()
