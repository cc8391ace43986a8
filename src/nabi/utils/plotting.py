"""Plotting: a model as a diagram: `plot_model(model, "model.svg")`; the drawing is done in `nabi.viz.diagram`.

    | Conv2D       (26,26,32) |       a card for each layer: its class, its name, the shape that it makes
                |
    | MaxPooling2D (13,13,32) |       shapes are those of `model.summary()`, without the batch axis
"""

import os

from nabi.core.calls import checked
from nabi.core.errors import ArgumentError
from nabi.core.registry import lookup


@checked
def plot_model(model, to_file: str | os.PathLike | None = "model.svg", show_shapes=False, show_dtype=False,
               show_layer_names=False, rankdir="TB", expand_nested=False, dpi=200, show_layer_activations=False,
               show_trainable=False, splines="ortho"):
    """Draws a model: a card for each layer, lines for what they hand on, those that lead past other layers in blue.

    Args:
        model: a model that knows its shapes.
        to_file: where to write it, a name that ends in .svg or .png; None writes nothing.
        show_shapes: what each layer makes, as in `summary()`.
        show_dtype: the dtype in which each layer computes; inputs take what comes.
        show_layer_names: the layers' names.
        rankdir: "TB" from top to bottom, "BT", "LR" from left to right, "RL".
        expand_nested: whether nested models are opened, each in a frame. A subclassed model is drawn like any other where its
            `call` can be followed, else as one card.
        dpi: dots per inch of a .png; 96 pixels of the .svg are an inch.
        show_layer_activations: the layers' activations, but linear.
        show_trainable: whether the layers that have weights learn them.
        splines: accepted as in Keras; lines are upright and level.

    Returns:
        The diagram, which shows itself in a notebook; its `svg` is the text of the file.

    Example:
        >>> import nabi
        >>> model = nabi.Sequential([nabi.Input((28, 28, 1)), nabi.layers.Flatten(), nabi.layers.Dense(10)], name="net")
        >>> nabi.utils.plot_model(model, to_file=None, show_shapes=True)
        <Diagram of the model net, 178 x 188>

    Keras draws with Graphviz, which must be installed, and writes "model.png" where no name is given; a layer used twice is one
    card there and two here.
    Raises ArgumentError, StateError, FileError.
    """
    if splines != "ortho":
        raise ArgumentError("plot_model(splines)", "'ortho'", repr(splines), "Lines are upright and level; leave it out.")
    show = {"shapes": show_shapes, "dtype": show_dtype, "names": show_layer_names, "activations": show_layer_activations,
            "trainable": show_trainable}
    return lookup("model", "plot_model")(model, to_file, show, rankdir, expand_nested, dpi)
