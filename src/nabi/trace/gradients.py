"""Gradients: a weight's or a unit's gradient as the sum that it is: as data, as text, as a picture."""

from dataclasses import dataclass
from typing import Any, ClassVar

from nabi.core.errors import Unwritten
from nabi.core.registry import lookup
from nabi.trace.numbers import place_text
from nabi.trace.step import Line, Table, lines_text
from nabi.trace.text import table_text
from nabi.trace.words import t


@dataclass(frozen=True)
class Gradient:
    """A gradient as the sum it is; print it.

    Attributes:
        layer, place: whose. `value`: the sum of the tables' products. `computed`: what autograd found.
        lines, tables: how it came about.
    """

    layer: str
    place: tuple[int, ...]
    value: float
    computed: float
    lines: tuple[Line, ...]
    tables: tuple[Table, ...]

    also: ClassVar[tuple[str, ...]] = ()

    @property
    def head(self) -> str:
        """What it is, in a line."""
        raise Unwritten(self, "head(self)")

    def data(self) -> dict[str, Any]:
        """All of it as a plain dict of numbers, texts and arrays."""
        tables = [{"columns": dict(x.columns), "marked": x.marked, "inside": x.inside} for x in self.tables]
        lines = [{"name": x.name, "formula": x.formula, "numbers": x.numbers, "value": x.value} for x in self.lines]
        plain = {name: getattr(self, name) for name in ("layer", "place", "value", "computed", *self.also)}
        return {**plain, "tables": tables, "lines": lines}

    def text(self, rows: int = 12) -> str:
        """Tables with at most so many rows each, and the lines."""
        return "\n\n".join([self.head, *(table_text(one, rows) for one in self.tables), lines_text(self.lines)])

    def figure(self) -> Any:
        """The same as a picture: `nabi.viz.traced_number`."""
        return lookup("figure", "traced_number")(self.data())

    def __str__(self):
        return self.text()


@dataclass(frozen=True)
class WeightStep(Gradient):
    """One weight's gradient and step.

    Attributes:
        before, after: the weight's value.
        weight: its name in the layer.
    """

    also = ("weight", "before", "after")
    weight: str = ""
    before: float = 0.0
    after: float = 0.0

    @property
    def head(self) -> str:
        index = "[" + ", ".join(map(str, self.place)) + "]" if self.place else ""
        return t("weight head", layer=self.layer, weight=self.weight, index=index)


@dataclass(frozen=True)
class UnitStep(Gradient):
    """One unit's gradient.

    Attributes:
        sample: of which sample. `readers`: names of the layers that read it, one a table.
        leads: the numbers of their calls in the flat graph.
    """

    also = ("sample", "readers")
    sample: int = 0
    readers: tuple[str, ...] = ()
    leads: tuple[int, ...] = ()

    @property
    def strongest(self) -> tuple[int, int, tuple[int, ...]] | None:
        """Where the largest product leads: the number of a call, a sample and a place; None where nothing reads it."""
        known = [(float(abs(one.columns["local g"]).max()), k) for k, one in enumerate(self.tables) if len(one)]
        if not known:
            return None
        _, k = max(known)
        sample, *place = self.tables[k].columns["place"][abs(self.tables[k].columns["local g"]).argmax()].tolist()
        return self.leads[k], sample, tuple(place)

    @property
    def head(self) -> str:
        said = t("unit head", layer=self.layer, place=place_text(self.place), sample=self.sample)
        return said + (", " + t("consumers", layers=", ".join(self.readers)) if self.readers else "")
