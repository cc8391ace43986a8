"""Adagrad: each weight's step is divided by the root of all its squared gradients so far. 아다그라드.

    G = G + g^2
    w = w - lr g / sqrt(G + eps)

Source: Duchi, Hazan & Singer, JMLR 12, 2011, equation 1 with a diagonal matrix.
"""

from nabi.core.registry import register
from nabi.kernels.math import sqrt
from nabi.optimizers import checks
from nabi.optimizers.optimizer import Optimizer


@register("optimizer", "adagrad")
class Adagrad(Optimizer):
    """Much-used weights learn slower and slower; steps only shrink (아다그라드).

        G = G + g^2
        w = w - lr g / sqrt(G + eps)

    Five spellings:
        formula     G <- G + g^2;  w <- w - lr g / sqrt(G + eps)
        Python      for i in range(n): G[i] += g[i]**2;  w[i] -= lr * g[i] / (G[i] + eps)**0.5
        TensorFlow1 tf.train.AdagradOptimizer(learning_rate, initial_accumulator_value=0.1), without eps
        Keras       Adagrad(learning_rate=0.001), G starts at 0.1
        PyTorch     torch.optim.Adagrad(params, lr=0.01): G starts at 0, and eps 1e-10 stands outside the root

    Args:
        learning_rate: lr.
        initial_accumulator_value: first value of G, above or equal 0.
        epsilon: eps, above 0.
        options: see `Optimizer`.

    Example:
        >>> w, G = Adagrad.formula(1.0, 3.0, 16.0, lr=0.5, epsilon=1e-7)
        >>> round(w, 6), G  # 1 - 0.5 * 3 / 5
        (0.7, 25.0)
    """

    slots = ("G",)

    def __init__(self, learning_rate=0.001, initial_accumulator_value=0.1, epsilon=1e-7, **options):
        super().__init__(learning_rate, **options)
        self.initial_accumulator_value = checks.at_least_0("Adagrad(initial_accumulator_value)", initial_accumulator_value)
        self.epsilon = checks.epsilon("Adagrad(epsilon)", epsilon)

    @staticmethod
    def formula(w, g, G, lr, epsilon):
        G = G + g**2
        w = w - lr * g / sqrt(G + epsilon)
        return w, G

    def numbers(self, step):
        return (self.epsilon,)

    def slot_start(self, name):
        return self.initial_accumulator_value
