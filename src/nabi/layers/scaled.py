"""Scaled: what normalising layers share: a small epsilon, and gamma and beta, which scale and shift what was normalised.

    y = gamma xhat + beta          gamma begins at 1, beta at 0: a normalised layer can learn to be as it was
"""

import torch

from nabi import constraints, initializers, regularizers
from nabi.core.numbers import flag, number
from nabi.layers.layer import Layer


class Scaled(Layer):
    """Base of normalising layers with gamma and beta.

    Args:
        epsilon: added to the variance.
        center, scale: whether beta, gamma are learned.
        beta_initializer, gamma_initializer: first values.
        beta_regularizer, gamma_regularizer: penalties.
        beta_constraint, gamma_constraint: what beta and gamma are brought back to after each step.
    """

    min_rank = 2
    supports_masking = True

    def __init__(self, epsilon=0.001, center=True, scale=True, beta_initializer="zeros", gamma_initializer="ones",
                 beta_regularizer=None, gamma_regularizer=None, beta_constraint=None, gamma_constraint=None, **base):
        super().__init__(**base)
        name = type(self).__name__
        self.epsilon = number(f"{name}(epsilon)", epsilon, least=0)
        self.center = flag(f"{name}(center)", center)
        self.scale = flag(f"{name}(scale)", scale)
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)

    def add_scale(self, shape: tuple[int, ...], scale: bool, center: bool) -> None:
        """Makes gamma and beta, as far as they are wanted."""
        if scale:
            self.gamma = self.add_weight(shape, self.gamma_initializer, regularizer=self.gamma_regularizer,
                                         constraint=self.gamma_constraint)
        if center:
            self.beta = self.add_weight(shape, self.beta_initializer, regularizer=self.beta_regularizer,
                                        constraint=self.beta_constraint)


def wide(x: torch.Tensor) -> torch.Tensor:
    """x in float32 at least: means and variances of bfloat16 numbers are not taken in bfloat16."""
    return x.to(torch.promote_types(x.dtype, torch.float32))
