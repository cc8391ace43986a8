"""Input: where a graph begins.

    x = Input((28, 28, 1))    ->  Symbol of shape (None, 28, 28, 1)
"""

from numbers import Integral

from nabi.core.calls import checked
from nabi.core.errors import ArgumentError
from nabi.core.numbers import whole
from nabi.core.registry import register
from nabi.core.shapes import sample_shape
from nabi.layers.layer import Layer
from nabi.layers.node import Node

NAMES = {"int": "int32", "float": "float32", "<U0": "string"}  # short names of dtypes, and NumPy's of texts


@register("layer")
class InputLayer(Layer):
    """The first layer of a graph: it names the shape of one sample and passes it on.

    Args:
        shape: shape of one sample, without the batch axis.
        batch_size: recorded only; any batch size runs.
        dtype: accepted as in Keras; whole numbers stay whole, floats are computed in the model's precision.
    """

    takes_integers = True

    def __init__(self, shape=None, batch_size=None, dtype=None, **base):
        super().__init__(**base)
        shape = shape if self.input_shape is None else self.input_shape
        self.shape = sample_shape("Input(shape)", shape)
        self.input_shape = None
        self.batch_size = whole("Input(batch_size)", batch_size, least=1, optional=True)
        self.built = True
        self.built_shape = (None, *self.shape)

    @classmethod
    def from_config(cls, config):
        """From its configuration, or Keras', whose batch_shape goes before shape."""
        shape = config.get("batch_shape")
        if shape is None:
            return super().from_config(config)
        rest = {key: value for key, value in config.items() if key != "batch_shape"}
        return super().from_config({**rest, "shape": tuple(shape[1:]), "batch_size": shape[0]})

    @property
    def input(self):
        """The symbol itself: what goes in comes out."""
        return self.output

    def dtype_made(self, dtypes):
        """What the input was said to be."""
        return vars(self).get("made", self.dtype)

    def call(self, x):
        return x


@checked
def Input(shape=None, batch_size=None, dtype=None, sparse=None, ragged=None, batch_shape=None, name=None):
    """A symbol that stands for the input of a functional model.

    Args:
        shape: shape of one sample, such as (28, 28, 1).
        batch_size: recorded only; any batch size runs.
        dtype: accepted as in Keras; floats are computed in the model's precision.
        sparse, ragged: None; nabi does not have such tensors yet.
        batch_shape: Keras' other spelling of shape and batch_size: (None, 28, 28, 1).
        name: name of the input, for dicts of inputs.

    Example:
        >>> Input((28, 28, 1)).shape
        (None, 28, 28, 1)
    """
    if isinstance(dtype, Integral):
        given = (shape, batch_size, dtype)
        raise ArgumentError("Input(shape)", "one tuple", ", ".join(map(str, given)), f"Write Input({given}).")
    if shape is None and batch_shape is not None:
        batch_size, shape = batch_size or batch_shape[0], tuple(batch_shape)[1:]
    layer = InputLayer(shape, batch_size, name=name, sparse=sparse or None, ragged=ragged or None)
    if dtype is not None:
        layer.made = NAMES.get(str(dtype), str(getattr(dtype, "__name__", dtype)).removeprefix("torch."))
    node = Node(layer, (), [(None, *layer.shape)])
    layer.nodes.append(node)
    return node.outputs[0]
