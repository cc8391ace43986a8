"""Receptive field of one unit: the exact set of places of the input that it reads, through the whole network (수용 영역).

    S(y) = {the unit};   S(x) = union over the layers that read x of  places that the layer reads for S(its output)

The set is followed backwards from the unit, layer by layer, as arrays of bool with a place for each number: strides, dilation,
groups, borders, branches and skips need no rule of their own. `nabi.models.receptive` has the size for every layer at once, from
three numbers an axis; this has one unit's field place by place.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nabi.core.registry import lookup
from nabi.trace.numbers import place_text
from nabi.trace.run import Run
from nabi.trace.seen import array
from nabi.trace.telling import Places, anywhere, reads
from nabi.trace.words import t


@dataclass(frozen=True)
class SeenField:
    """What a unit sees; print it.

    Attributes:
        layer, place: the unit.
        places: for each input of the model the places that it reads: bool, in the shape of one sample.
        guessed: layers whose places nobody knows: they are taken to read everything.
        picture: the first sample of the first input.

    Example:
        >>> import nabi, numpy as np
        >>> model = nabi.Sequential([nabi.Input((7, 7, 1)), nabi.layers.Conv2D(1, 3, dilation_rate=2, name="conv")])
        >>> field = nabi.trace(model, np.zeros((1, 7, 7, 1))).field("conv", 0, 0, 0)
        >>> field.spatial[0].astype(int).tolist()
        [[1, 0, 1, 0, 1, 0, 0], [0, 0, 0, 0, 0, 0, 0], [1, 0, 1, 0, 1, 0, 0], [0, 0, 0, 0, 0, 0, 0], [1, 0, 1, 0, 1, 0, 0], \
[0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0]]
        >>> field.box(), field.size
        (((0, 4), (0, 4)), (5, 5))
    """

    layer: str
    place: tuple[int, ...]
    places: tuple[Places, ...]
    guessed: tuple[str, ...]
    picture: np.ndarray

    @property
    def spatial(self) -> list[Places]:
        """The places without their channels: (H, W) of pictures."""
        return [anywhere(p, -1) if p.ndim > 1 else p for p in self.places]

    @property
    def largest(self) -> int:
        """The input of which most is seen."""
        return int(np.argmax([p.sum() for p in self.places]))

    def box(self, number: int | None = None) -> tuple[tuple[int, int], ...]:
        """First and last place along each axis but the channels; () where nothing is seen."""
        seen = self.spatial[self.largest if number is None else number]
        known = np.argwhere(seen)
        return tuple((int(a), int(b)) for a, b in zip(known.min(0), known.max(0), strict=True)) if len(known) else ()

    @property
    def size(self) -> tuple[int, ...]:
        """Places from the first to the last along each axis; those between that a dilated kernel leaves out count."""
        return tuple(last - first + 1 for first, last in self.box())

    @property
    def exact(self) -> bool:
        """Whether all layers on the way are known."""
        return not self.guessed

    def data(self) -> dict[str, Any]:
        """All of it as a plain dict of arrays and texts."""
        return {"layer": self.layer, "place": self.place, "picture": self.picture, "spatial": self.spatial[0], "box": self.box(0)}

    def figure(self) -> Any:
        """The field on the input: `nabi.viz.receptive_field`."""
        return lookup("figure", "receptive_field")(self.data())

    def __str__(self):
        where = {"layer": self.layer, "place": place_text(self.place)}
        box, seen = self.box(), self.spatial[self.largest]
        if not box:
            return t("field none", **where)
        first, last = (place_text(pair[k] for pair in box) for k in (0, 1))
        said = t("field", **where, n=int(seen.sum()), all=seen.size, size="x".join(map(str, self.size)), first=first, last=last)
        return said + (t("field at most", layers=", ".join(self.guessed)) if self.guessed else "")


def field_of(run: Run, number: int, place: tuple[int, ...], output: int = 0) -> SeenField:
    """The field of a unit of a run.

    Args:
        run: the run, whose shapes count.
        number: of the call that makes it.
        place: the unit, without the sample.
    """
    graph = run.graph
    shapes = {slot: tuple(t.shape[1:]) for slot, t in run.values.items()}
    slot = graph.calls[number].outputs[output]
    seen: dict[int, Places] = {slot: np.zeros(shapes[slot], dtype=bool)}
    seen[slot][place] = True
    guessed = []
    for call in reversed(graph.calls[:number + 1]):
        for which, out in enumerate(call.outputs):
            if out not in seen or not call.inputs or not seen[out].any():
                continue
            layer: Any = call.layer
            given = [shapes[slot] for slot in call.inputs]
            found = None if layer.own_code else reads(layer, seen[out], given, which)
            if found is None:
                guessed.append(layer.name)
                found = [np.ones(shape, dtype=bool) for shape in given]
            for slot, part in zip(call.inputs, found, strict=True):
                seen[slot] = seen[slot] | part if slot in seen else part
    places = tuple(seen.get(slot, np.zeros(shapes[slot], dtype=bool)) for slot in graph.input_slots)
    picture = array(run.values[graph.input_slots[0]])[0]
    return SeenField(graph.calls[number].layer.name, place, places, tuple(dict.fromkeys(guessed)), picture)
