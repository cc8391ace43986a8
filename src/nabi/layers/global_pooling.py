"""Global pooling: each whole map, or sequence, becomes one number: the head that needs no Flatten (전역 풀링).

    average   Y[n, c] = mean over i, j of X[n, i, j, c]            max   Y[n, c] = largest X[n, i, j, c]
    average over the steps that a mask counts     Y[n, c] = sum over t of m[n, t] X[n, t, c] / sum over t of m[n, t]

    X: (N, H, W, C) or (N, T, C) -> Y: (N, C), whatever H, W or T. Several largest numbers share the gradient of a maximum.
Source: Lin, Chen & Yan, "Network in network", 2014, section 3.2; max over time: Collobert et al., JMLR 12, 2011.
"""

from nabi.core.numbers import flag
from nabi.core.registry import register
from nabi.layers.layer import Layer
from nabi.layers.window import only_channels_last


class GlobalPooling(Layer):
    """Base: one number for all places of a channel; subclasses write `pool`."""

    dims = 2

    def __init__(self, data_format=None, keepdims=False, **base):
        super().__init__(**base)
        self.data_format = only_channels_last(type(self).__name__, data_format, self.dims)
        self.keepdims = flag(f"{type(self).__name__}(keepdims)", keepdims)

    def pool(self, x, axes: tuple[int, ...]):
        """One number over these axes."""
        return x

    def call(self, x):
        return self.pool(x, tuple(range(1, self.dims + 1)))

    def compute_output_shape(self, input_shape):
        n, channels = input_shape[0], input_shape[-1]
        return (n, *(1,) * self.dims, channels) if self.keepdims else (n, channels)


class GlobalAveragePooling(GlobalPooling):
    """Mean of all places."""

    def pool(self, x, axes):
        return x.mean(axes, keepdim=self.keepdims)


class GlobalMaxPooling(GlobalPooling):
    """Largest of all places."""

    def pool(self, x, axes):
        return x.amax(axes, keepdim=self.keepdims)


@register("layer", "GlobalAvgPool2D")
class GlobalAveragePooling2D(GlobalAveragePooling):
    """Mean of each whole map (NIN's head).

    Args:
        keepdims: keep the spatial axes with size 1.

    Shapes: (batch, height, width, channels) -> (batch, channels).

    Example:
        >>> import nabi
        >>> nabi.layers.GlobalAveragePooling2D()(nabi.Input((7, 7, 512))).shape
        (None, 512)
    """

    rank = 4
    dims = 2


@register("layer", "GlobalAvgPool1D")
class GlobalAveragePooling1D(GlobalAveragePooling):
    """Mean of each feature over all steps, or over those that a mask counts.

    Args:
        keepdims: keep the axis of the steps with size 1.

    Shapes: (batch, steps, features) -> (batch, features); a mask is (batch, steps).

    Example:
        >>> import nabi, torch
        >>> nabi.layers.GlobalAveragePooling1D()(torch.tensor([[[1., 5.], [3., 7.]]])).tolist()
        [[2.0, 6.0]]
    """

    rank = 3
    dims = 1

    def call(self, x, mask=None):
        if mask is None:
            return super().call(x)
        m = mask.bool().unsqueeze(-1)  # (N, T, 1)
        return x.where(m, 0).sum(1, self.keepdims) / m.sum(1, self.keepdims).to(x.dtype)

    def compute_mask(self, inputs, mask=None):
        return None


@register("layer", "GlobalMaxPool2D")
class GlobalMaxPooling2D(GlobalMaxPooling):
    """Largest number of each whole map.

    Args:
        keepdims: keep the spatial axes with size 1.

    Shapes: (batch, height, width, channels) -> (batch, channels).

    Example:
        >>> import nabi, torch
        >>> nabi.layers.GlobalMaxPooling2D()(torch.tensor([[[[1.], [3.]], [[9.], [7.]]]])).tolist()
        [[9.0]]
    """

    rank = 4
    dims = 2


@register("layer", "GlobalMaxPool1D")
class GlobalMaxPooling1D(GlobalMaxPooling):
    """Largest number of each feature over all steps: whether a sentence has it anywhere.

    Args:
        keepdims: keep the axis of the steps with size 1.

    Shapes: (batch, steps, features) -> (batch, features).

    Example:
        >>> import nabi, torch
        >>> nabi.layers.GlobalMaxPooling1D()(torch.tensor([[[1., 5.], [3., 2.]]])).tolist()
        [[3.0, 5.0]]
    """

    rank = 3
    dims = 1
