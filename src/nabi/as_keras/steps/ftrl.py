"""FTRL-proximal: follow the regularized leader: weights are worked out anew from all gradients so far; l1 holds many at 0.

    a' = a + g^2                                   p = -learning_rate_power, mostly 1/2
    z = z + g + 2 s w - (a'^p - a^p) / lr w        s = l2_shrinkage_regularization_strength
    w = (min(max(z, -l1), l1) - z) / (a'^p / lr + 2 l2 + beta / lr)

Source: McMahan et al., "Ad click prediction: a view from the trenches", 2013, algorithm 1; Keras 3, optimizers/ftrl.py.
"""

from nabi.kernels.math import maximum, minimum, where
from nabi.optimizers import Optimizer, checks


class Ftrl(Optimizer):
    """Follow the regularized leader.

        a' = a + g^2
        z = z + g + 2 s w - (a'^p - a^p) / lr w
        w = (min(max(z, -l1), l1) - z) / (a'^p / lr + 2 l2 + beta / lr)

    Args:
        learning_rate: lr.
        learning_rate_power: -p, 0 or less; 0 keeps the rate as it is.
        initial_accumulator_value: a at first, 0 or more.
        l1_regularization_strength, l2_regularization_strength: l1 and l2.
        l2_shrinkage_regularization_strength: s.
        beta: beta.
        options: see `Optimizer`.

    Example:
        >>> import torch
        >>> w, g, a, z = torch.tensor([[0.0], [3.0], [16.0], [0.0]])
        >>> Ftrl.formula(w, g, a, z, lr=0.5, power=0.5, l1=1.0, l2=0.0, shrinkage=0.0, beta=0.0)[0].item()  # (1 - 3) / (5 / 0.5)
        -0.20000000298023224
    """

    slots = ("a", "z")

    def __init__(self, learning_rate=0.001, learning_rate_power=-0.5, initial_accumulator_value=0.1,
                 l1_regularization_strength=0.0, l2_regularization_strength=0.0, l2_shrinkage_regularization_strength=0.0,
                 beta=0.0, **options):
        super().__init__(learning_rate, **options)
        checks.at_least_0("Ftrl(-learning_rate_power)", -learning_rate_power)
        self.learning_rate_power = learning_rate_power
        self.initial_accumulator_value = checks.at_least_0("Ftrl(initial_accumulator_value)", initial_accumulator_value)
        self.l1_regularization_strength = checks.at_least_0("Ftrl(l1_regularization_strength)", l1_regularization_strength)
        self.l2_regularization_strength = checks.at_least_0("Ftrl(l2_regularization_strength)", l2_regularization_strength)
        self.l2_shrinkage_regularization_strength = checks.at_least_0("Ftrl(l2_shrinkage_regularization_strength)",
                                                                      l2_shrinkage_regularization_strength)
        self.beta = checks.at_least_0("Ftrl(beta)", beta)

    def slot_start(self, name):
        return self.initial_accumulator_value if name == "a" else 0.0

    @staticmethod
    def formula(w, g, a, z, lr, power, l1, l2, shrinkage, beta):
        before, a = a**power, a + g**2
        z = z + g + 2 * shrinkage * w - (a**power - before) / lr * w
        q = a**power / lr + 2 * (l2 + beta / (2 * lr))
        w = (minimum(maximum(z, -l1), l1) - z) / where(q > 0, q, 1.0)  # q = 0: no gradient has come yet
        return w, a, z

    def numbers(self, step):
        return (-self.learning_rate_power, self.l1_regularization_strength, self.l2_regularization_strength,
                self.l2_shrinkage_regularization_strength, self.beta)
