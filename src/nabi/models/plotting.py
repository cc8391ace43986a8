"""Plotting: a model as a diagram in a file; what is drawn comes from `described`, how it looks from `nabi.viz.diagram`."""

import os
from numbers import Real
from pathlib import Path
from typing import Any

from nabi.core.errors import ArgumentError, FileError, did_you_mean
from nabi.core.files import atomic
from nabi.core.registry import lookup
from nabi.models.described import described
from nabi.models.model import Model

DIRECTIONS = ("TB", "BT", "LR", "RL")
ENDINGS = (".svg", ".png")


def plot_model(model: Any, to_file: str | os.PathLike | None, show: dict[str, bool], rankdir: str, expand_nested: bool,
               dpi: float) -> Any:
    """Draws a model and writes the diagram; see `nabi.utils.plot_model`.

    Raises:
        ArgumentError: no model, another direction or another kind of file. StateError: the model does not know its shapes.
        FileError: the folder is missing or cannot be written, or the name is a folder's.
    """
    if not isinstance(model, Model):
        raise ArgumentError("plot_model(model)", "a model", f"a {type(model).__name__}", "Sequential([...]) makes one of layers.")
    if rankdir not in DIRECTIONS:
        raise ArgumentError("plot_model(rankdir)", f"one of {', '.join(DIRECTIONS)}", repr(rankdir),
                            did_you_mean(str(rankdir), DIRECTIONS))
    path = None if to_file is None else path_of(to_file)
    if isinstance(dpi, bool) or not isinstance(dpi, Real) or not 1 <= dpi <= 2400:
        raise ArgumentError("plot_model(dpi)", "dots per inch from 1 to 2400", repr(dpi), "The default is 200.")
    network = described(model.require_graph(), expand_nested)
    diagram = lookup("figure", "network_diagram")(network, f"the model {model.name}", show, rankdir)
    if path is not None:
        content = diagram.png(dpi) if path.suffix.lower() == ".png" else diagram.svg.encode()
        with atomic(path) as file:
            file.write(content)
    return diagram


def sheet(model: Any, unfold: bool = False, block: str | None = None, rankdir: str = "TB", title: str | None = None) -> Any:
    """A model on one sheet: with headline, shapes and parameters; its blocks folded, unfolded, or one of them alone.

    Args:
        model: that knows its shapes.
        unfold, block, rankdir: see `nabi.viz.network_sheet`; unfolded, models within it are opened, too; a block may be a model
            within it.
        title: the headline; None is the model's name, of a block with the block's.

    Raises: UnknownName for a block that is not there; StateError: the model does not know its shapes.
    """
    graph = model.require_graph()
    inner = next((layer for layer in graph.layers if layer.name == block and getattr(layer, "graph", None) is not None), None)
    if inner is not None:
        return sheet(inner, unfold, None, rankdir, title)
    facts = {"layers": sum(bool(node.inputs) for node in graph.nodes), "parameters": model.count_params(),
             "trainable": sum(w.size for w in model.trainable_weights)}
    shapes = [symbol.shape for symbol in graph.inputs]
    macs = model.macs(shapes if len(shapes) > 1 else shapes[0], model.output_shape)
    facts |= {"macs": macs} if macs else {}
    return lookup("figure", "network_sheet")(described(graph, opened=unfold), title or model.name, facts, unfold, block, rankdir,
                                             title or "")


def path_of(to_file: Any, where: str = "plot_model(to_file)") -> Path:
    """The path of a file to be written, if its ending is known and it is no folder."""
    path = Path(to_file) if isinstance(to_file, (str, os.PathLike)) else Path()
    if path.suffix.lower() not in ENDINGS:
        got = repr(str(to_file) if path.name else to_file)
        raise ArgumentError(where, "a name that ends in .svg or .png", got, "A browser prints the .svg as PDF.")
    if path.is_dir():
        raise FileError(where, "a file name", f"the folder '{path}'", "Give a file name inside it.")
    return path
