"""Traced: one number of one layer, with where it stands and all that was told of it: as data, as text, as a picture."""

from dataclasses import dataclass
from typing import Any

from nabi.core.registry import lookup
from nabi.trace.step import Told
from nabi.trace.text import step_text


@dataclass(frozen=True)
class Step(Told):
    """One number of one layer, traced; print it.

    Attributes:
        layer, kind: name and class of the layer.
        place: the number's place in the layer's output, without the sample. `sample`: of which sample.
        computed: the number that the network computed there.
        sources: names of the layers whose outputs it read.
        training: whether the layer ran as in training.
        notes: what was said when the input was converted.
    """

    layer: str = ""
    kind: str = ""
    place: tuple[int, ...] = ()
    sample: int = 0
    computed: float = 0.0
    sources: tuple[str, ...] = ()
    training: bool = False
    notes: tuple[str, ...] = ()

    def data(self) -> dict[str, Any]:
        """All of it as a plain dict of numbers, texts and arrays."""
        plain = {name: getattr(self, name) for name in ("layer", "kind", "place", "sample", "value", "computed", "sources",
                                                        "training", "note", "arrays")}
        tables = [{"columns": dict(t.columns), "marked": t.marked, "inside": t.inside} for t in self.tables]
        lines = [{"name": x.name, "formula": x.formula, "numbers": x.numbers, "value": x.value} for x in self.lines]
        return {**plain, "lines": lines, "tables": tables}

    def text(self, rows: int = 12) -> str:
        """The lecture's table, step by step; long tables show their first and last rows, `rows` in all."""
        return step_text(self, rows)

    def figure(self) -> Any:
        """The same as a picture: `nabi.viz.traced_number`."""
        return lookup("figure", "traced_number")(self.data())

    def __str__(self):
        return self.text()
