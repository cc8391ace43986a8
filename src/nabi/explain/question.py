"""Question: a model, a picture, a class and a place, checked once for all methods; and the passes that answer it.

    S_c   the class' score: z_c before a last softmax; of one sigmoid unit z for class 1 and -z for class 0; else the output
    p_c   what the model answers for the class: its share where there is a softmax or sigmoid, else S_c

Papers that ask for "the score before the softmax" get S_c, those that speak of a probability p_c.
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from nabi.core.errors import ArgumentError, ShapeError, StateError, UnknownName, did_you_mean
from nabi.core.numbers import is_whole
from nabi.core.warning import warn
from nabi.explain.given import pictured
from nabi.explain.result import Explanation
from nabi.explain.walk import After, Place, Z, number_type, places, scored, walk
from nabi.models import Model
from nabi.models.own_call import OwnCall
from nabi.models.receptive import Axis
from nabi.models.rows import Walk
from nabi.pictures.looks import Looks

STARTS_AT_0 = ("bias", "beta", "moving_mean")


class Question:
    """What is asked of a model.

    Args:
        method: name of the method, for errors and results.
        model: a built model with one input, and one output (N, classes).
        x: one picture, see `nabi.explain.given`.
        class_index: number or name of a class; None asks for the one that the model answers.

    Attributes:
        x: (1, ...) tensor in the dtype of the weights.
        places: all places of the model in order.
        chosen: number of the class, once it is known.
    """

    def __init__(self, method: str, model: Any, x: Any, class_index: int | str | None = None):
        self.method, self.model = method, checked_model(method, model)
        self.graph = model.require_graph()
        outputs = self.graph.outputs[0].shape
        if len(self.graph.outputs) > 1 or len(outputs) != 2 or outputs[1] is None:
            raise ArgumentError(f"{method}(model)", "a model with one output, a number for each class",
                                " and ".join(str(s.shape) for s in self.graph.outputs),
                                "Take a part of it: nabi.Model(model.inputs, model.outputs[0]).")
        self.outputs = outputs[1]
        self.two = self.outputs == 1 and scored(self.graph) == "sigmoid"
        self.classes = 2 if self.two else self.outputs
        names = [str(name) for name in model.card.get("class_names") or ()]
        self.names = names if len(names) == self.classes else [str(k) for k in range(self.classes)]
        self.chosen = None if class_index is None else self.number(class_index)
        self.looks = Looks.of(model.card)
        self.x = torch.from_numpy(pictured(method, model, x)).to(number_type(model))
        self.places = places(self.graph)
        if untrained(model):
            warn(f"{method}: all biases of model '{model.name}' are 0, as before any training: its maps say nothing yet.")

    def number(self, wanted: int | str) -> int:
        """The number of a class that was named or numbered."""
        where = f"{self.method}(class_index)"
        if isinstance(wanted, str):
            if wanted not in self.names:
                raise UnknownName(where, "the name of a class", repr(wanted), did_you_mean(wanted, self.names))
            return self.names.index(wanted)
        if not is_whole(wanted) or not 0 <= int(wanted) < self.classes:
            raise ArgumentError(where, f"a whole number from 0 to {self.classes - 1}", repr(wanted))
        return int(wanted)

    # Passes -------------------------------------------------------------------------------------------------------------

    def run(self, x: Tensor | None = None, after: After | None = None, keep: bool = False) -> dict[int, Tensor]:
        """A pass for this picture, or for others like it; with gradients from where something wants them."""
        with torch.enable_grad():
            return walk(self.model, self.x if x is None else x, after, keep)

    def score(self, values: dict[int, Tensor]) -> Tensor:
        """S_c of each picture of a pass: (N,). The class that is answered most is taken where none was named."""
        z = values[Z]
        if self.chosen is None:
            self.chosen = int(z.detach()[0] > 0) if self.two else int(z.detach()[0].argmax())
        return (z[:, 0] if self.chosen else -z[:, 0]) if self.two else z[:, self.chosen]

    def share(self, values: dict[int, Tensor]) -> Tensor:
        """p_c of each picture of a pass: (N,)."""
        self.score(values)
        p = values[self.graph.output_slots[0]]
        if scored(self.graph) == "log_softmax":
            p = p.exp()
        return (p[:, 0] if self.chosen else 1 - p[:, 0]) if self.two else p[:, self.chosen]

    @torch.no_grad()
    def shares(self, pictures: Tensor, at_once: int = 32) -> np.ndarray:
        """p_c of many pictures (N, ...), some at a time: float64 (N,)."""
        parts = [self.share(walk(self.model, pictures[i:i + at_once])) for i in range(0, len(pictures), at_once)]
        return torch.cat(parts).double().numpy()

    # Places -------------------------------------------------------------------------------------------------------------

    def place(self, layer: Any = None) -> Place:
        """The place of that name or layer; None takes the last one with places (H W > 1) that does something.

        Raises:
            UnknownName: no layer of this name. ArgumentError: it makes no maps. StateError: no layer of the model does.
        """
        if layer is None:
            learned = behind_kernels(self.places)
            for place in reversed(self.places):
                if place.spatial and place.slot in learned and not place.does_nothing and not hasattr(place.layer, "graph"):
                    return place
            raise StateError(f"{self.method}: model '{self.model.name}'", "a layer whose maps have places, (N, H, W, C)",
                             self.without_places(), "saliency, smooth_grad, integrated_gradients and occlusion need none.")
        found = named_place(self.method, self.places, layer)
        if not found.spatial:
            good = [place.name for place in self.places if place.spatial]
            remedy = f"With places: {', '.join(good[-8:])}." if good else "No layer of this model has any."
            raise ArgumentError(f"{self.method}(layer)", "a layer whose maps have places, (N, H, W, C)",
                                f"'{found.name}' with {found.shape}", remedy)
        return found

    def without_places(self) -> str:
        """Why a model has no layer with places."""
        if any(isinstance(call.layer, OwnCall) for call in self.graph.calls):
            return f"one whose call is a single op ({self.model.opaque})"
        return "none"

    # Answers ------------------------------------------------------------------------------------------------------------

    @property
    def pictures(self) -> tuple[int, int]:
        """Height and width of the picture.

        Raises:
            ShapeError: the model reads something else.
        """
        if self.x.ndim != 4:
            raise ShapeError(self.method, "a model of pictures (height, width, channels)", tuple(self.x.shape[1:]))
        return int(self.x.shape[1]), int(self.x.shape[2])

    def spread(self, values: Tensor, place: Place) -> np.ndarray:
        """A layer's map (h, w) over the picture (H, W): each place where its receptive field has its centre.

        Between centres the map is linear. The outermost places keep their number for half a step beyond their centres, and half
        a step further it is 0: there no place looks. Where fields are larger than the picture, so that their centres say little,
        or cannot be known, the map is stretched.
        """
        field = Walk(self.graph, False).fields.get(place.slot)
        axes = field.get(self.graph.input_slots[0]) if field else None
        grid = values.detach().double().numpy()
        (rows, columns), (height, width) = grid.shape, self.pictures
        down, across = axes if axes is not None else (None, None)
        return laid(rows, height, down) @ grid @ laid(columns, width, across).T

    def answer(self, values: dict[int, Tensor], raw: Tensor | np.ndarray, shown: np.ndarray, signed: bool, layer: str = "",
               options: dict[str, Any] | None = None, **details: Any) -> Explanation:
        """The result: `values` of the pass, the method's own numbers, the map, and what else there is to say."""
        own = raw.detach().double().numpy() if isinstance(raw, Tensor) else np.asarray(raw, dtype=np.float64)
        score, share = float(self.score(values)[0].detach()), float(self.share(values)[0].detach())
        number = int(self.chosen or 0)
        picture = self.x[0].detach().numpy().copy()
        return Explanation(self.method, np.asarray(shown, dtype=np.float64), own, signed, picture, number, self.names[number],
                           score, share, layer, options or {}, details, self.looks.white, bool(self.looks.ink))


def laid(places: int, n: int, axis: Axis | None) -> np.ndarray:
    """The share of each place in each of n pixels along an axis: (n, places).

    Example:
        >>> from nabi.models.receptive import Branch
        >>> (laid(2, 12, Axis(12, 2, (Branch.of(2, 5, 4),))) @ [4.0, 8.0]).tolist()
        [0.0, 2.0, 4.0, 4.0, 4.0, 5.0, 6.0, 7.0, 8.0, 8.0, 8.0, 4.0]
        >>> (laid(2, 4, None) @ [4.0, 8.0]).tolist()
        [4.0, 5.0, 7.0, 8.0]
    """
    if axis is None or axis.jump == 0 or axis.size > n:
        step = n / places
        centres = [(k + 0.5) * step - 0.5 for k in range(places)]
    else:
        step, centres = float(axis.jump), [sum(axis.ends(k)) / 2 for k in range(places)]
    at = [centres[0] - step, centres[0] - step / 2, *centres, centres[-1] + step / 2, centres[-1] + step]
    return np.stack([np.interp(np.arange(n), at, [0.0, one[0], *one, one[-1], 0.0]) for one in np.eye(places)], axis=1)


def checked_model(method: str, model: Any) -> Any:
    """The model, if it is one with one input."""
    if not isinstance(model, Model):
        raise ArgumentError(f"{method}(model)", "a model", type(model).__name__)
    graph = model.require_graph()
    if len(graph.inputs) > 1:
        raise ArgumentError(f"{method}(model)", "a model with one input", f"the inputs {model.input_names}")
    return model


def named_place(method: str, found: list[Place], layer: Any) -> Place:
    """The place that a name, "name#2" or a layer means; of a layer that is used several times the last one."""
    if not isinstance(layer, str):
        fits = [place for place in found if place.layer is layer]
        name = getattr(layer, "name", repr(layer))
    else:
        bare = {place.name: place.name.partition("#")[0] for place in found}
        fits = [place for place in found if place.name == layer] or [place for place in found if bare[place.name] == layer]
        fits = fits or [place for place in found if bare[place.name].rpartition("/")[2] == layer]
        name = layer
    if not fits:
        raise UnknownName(f"{method}(layer)", "the name of a layer of the model", repr(name),
                          did_you_mean(str(name), [place.name for place in found]))
    return fits[-1]


def behind_kernels(found: list[Place]) -> set[int]:
    """Slots that a layer with kernels has made, or that follow from such: what is more than the picture in another form."""
    learned: set[int] = set()
    for place in found:
        if any(w.ndim > 1 for w in place.layer.weights) or any(slot in learned for slot in place.reads):
            learned.add(place.slot)
    return learned


def untrained(model: Any) -> bool:
    """Whether everything that begins at 0 is still 0: biases, beta and moving means."""
    early = [w for w in model.weights if w.name in STARTS_AT_0]
    return bool(early) and not any(bool(w.stored.any()) for w in early)
