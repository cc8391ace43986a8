"""Contrib: what scripts of 2017 to 2019 took from keras_contrib, as far as nabi has it.

    from keras_contrib.layers.normalization.instancenormalization import InstanceNormalization
    from keras_contrib.layers import CRF;  model.compile("adam", crf.loss_function, [crf.accuracy])
"""

from typing import Any

from nabi.as_keras.layers.conditional_field import (
    CRF,
    crf_accuracy,
    crf_loss,
    crf_marginal_accuracy,
    crf_nll,
    crf_viterbi_accuracy,
)
from nabi.layers import GroupNormalization

__all__ = ["CRF", "GroupNormalization", "InstanceNormalization", "crf_accuracy", "crf_loss", "crf_marginal_accuracy", "crf_nll",
           "crf_viterbi_accuracy", "load_all_weights", "save_all_weights"]


class InstanceNormalization(GroupNormalization):
    """Each channel of each sample brought to mean 0 and variance 1: as many groups as there are channels.

    Args:
        axis: of the channels; None, keras_contrib's own, normalises all numbers of a sample together, with one gamma and beta.
        epsilon, center, scale, ...: as of GroupNormalization.

    Example:
        >>> import nabi, torch
        >>> InstanceNormalization(axis=-1)(torch.tensor([[[1., 10.], [3., 30.]]])).round(decimals=2).tolist()
        [[[-1.0, -1.0], [1.0, 1.0]]]
    """

    def __init__(self, axis: Any = None, epsilon: float = 1e-3, **options: Any):
        super().__init__(-1, -1 if axis is None else axis, epsilon, **options)
        self.together = axis is None

    def build(self, input_shape):
        if self.together:
            self.add_scale((1,), self.scale, self.center)
        else:
            super().build(input_shape)

    def call(self, x):
        if not self.together:
            return super().call(x)
        return super().call(x.flatten(1)[..., None]).view(x.shape)

    def get_config(self):
        config = super().get_config() | {"axis": None if self.together else self.axis}
        return {name: value for name, value in config.items() if name not in ("groups", "together")}


def save_all_weights(model: Any, filepath: Any, include_optimizer: bool = True) -> None:
    """keras_contrib's `save_load_utils`: the weights, in Keras' file of weights or of a model."""
    model.save_weights(filepath)


def load_all_weights(model: Any, filepath: Any, include_optimizer: bool = True) -> None:
    """The weights of such a file."""
    model.load_weights(filepath)
