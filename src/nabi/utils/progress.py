"""Progress: a bar for loops of one's own, as Keras draws it.

     32/100 [======>...........] - 1s 20ms/step - loss: 0.5123

Source: Keras 2, utils/generic_utils.py.
"""

import sys
import time
from typing import Any


class Progbar:
    """A line that shows how far a loop is.

    Args:
        target: steps in all; None where that is not known.
        width: of the bar.
        verbose: 0 nothing, 1 a bar, 2 one line at the end.
        interval: seconds between two drawings.
        stateful_metrics: names of values that are shown as they come; of the others the mean is shown.
        stateless_metrics: Keras 3: names of which the mean is shown; all others are shown as they come.
        unit_name: of a step.

    Example:
        >>> bar = Progbar(2, verbose=2)
        >>> bar.add(1, [("loss", 4.0)]); bar.add(1, [("loss", 2.0)])  # doctest: +ELLIPSIS
        2/2 - ... - loss: 3.0000
    """

    def __init__(self, target: int | None, width: int = 30, verbose: int = 1, interval: float = 0.05,
                 stateful_metrics: Any = None, stateless_metrics: Any = None, unit_name: str = "step"):
        self.target, self.width, self.verbose, self.interval, self.unit_name = target, width, verbose, interval, unit_name
        self.stateful_metrics, self.stateless_metrics = set(stateful_metrics or ()), stateless_metrics
        self.sums: dict[str, float] = {}
        self.counts: dict[str, int] = {}
        self.seen, self.start, self.drawn, self.length = 0, time.time(), 0.0, 0

    def update(self, current: int, values: Any = None, finalize: bool | None = None) -> None:
        """Shows step `current`, with values as (name, number)."""
        for name, value in values or ():
            value, steps = float(value), max(current - self.seen, 1)
            means = name in self.stateless_metrics if self.stateless_metrics is not None else name not in self.stateful_metrics
            if means:
                self.sums[name] = self.sums.get(name, 0.0) + value * steps
                self.counts[name] = self.counts.get(name, 0) + steps
            else:
                self.sums[name], self.counts[name] = value, 1
        self.seen = current
        done = finalize if finalize is not None else self.target is not None and current >= self.target
        now = time.time()
        if self.verbose == 0 or self.verbose == 2 and not done or not done and now - self.drawn < self.interval:
            return
        self.drawn = now
        line = self.line(current, now - self.start)
        if self.verbose == 1:
            line = "\r" + line.ljust(self.length)
            self.length = len(line) - 1
        print(line, end="\n" if done else "", flush=True)
        sys.stdout.flush()

    def line(self, current: int, seconds: float) -> str:
        """What is shown."""
        parts = [f"{current}/{'Unknown' if self.target is None else self.target}"]
        if self.verbose == 1 and self.target:
            full = int(self.width * min(current / self.target, 1))
            parts[0] += f" [{'=' * full}{'.' * (self.width - full)}]"
        each = seconds / max(current, 1)
        shown = f"{each:.0f}s" if each >= 1 else f"{each * 1e3:.0f}ms" if each >= 1e-3 else f"{each * 1e6:.0f}us"
        parts.append(f"{seconds:.0f}s {shown}/{self.unit_name}")
        for name, total in self.sums.items():
            mean = total / self.counts[name]
            parts.append(f"{name}: {mean:.4f}" if abs(mean) > 1e-3 or mean == 0 else f"{name}: {mean:.4e}")
        return " - ".join(parts)

    def add(self, n: int, values: Any = None) -> None:
        """Shows n steps more."""
        self.update(self.seen + n, values)
