"""Adadelta: Adagrad with a memory that fades, and steps in the weights' own unit. 아다델타.

    G = rho G + (1 - rho) g^2
    d = sqrt(D + eps) / sqrt(G + eps) g
    D = rho D + (1 - rho) d^2
    w = w - lr d

Source: Zeiler, "ADADELTA", 2012, algorithm 1; it has lr = 1.
"""

from nabi.core.registry import register
from nabi.kernels.math import sqrt
from nabi.optimizers import checks
from nabi.optimizers.optimizer import Optimizer


@register("optimizer", "adadelta")
class Adadelta(Optimizer):
    """The ratio of two running roots, of past steps and of past gradients, is the step size (아다델타).

        G = rho G + (1 - rho) g^2
        d = sqrt(D + eps) / sqrt(G + eps) g
        D = rho D + (1 - rho) d^2
        w = w - lr d

    Keras' learning rate 0.001 makes it almost stand still; the paper's rule is learning_rate=1.0.

    Five spellings:
        formula     as above
        Python      for i in range(n):
                        G[i] = rho * G[i] + (1 - rho) * g[i]**2;  d = ((D[i] + eps) / (G[i] + eps))**0.5 * g[i]
                        D[i] = rho * D[i] + (1 - rho) * d**2;  w[i] -= lr * d
        TensorFlow1 tf.train.AdadeltaOptimizer(learning_rate=0.001, rho=0.95, epsilon=1e-8)
        Keras       Adadelta(learning_rate=0.001, rho=0.95, epsilon=1e-7)
        PyTorch     torch.optim.Adadelta(params, lr=1.0, rho=0.9, eps=1e-6), the same formula

    Args:
        learning_rate: lr.
        rho: share of the running means that is kept, in [0, 1).
        epsilon: eps, above 0; it also makes the first step.
        options: see `Optimizer`.

    Example:
        >>> Adadelta(learning_rate=1.0).numbers(1)
        (0.95, 1e-07)
    """

    slots = ("G", "D")

    def __init__(self, learning_rate=0.001, rho=0.95, epsilon=1e-7, **options):
        super().__init__(learning_rate, **options)
        self.rho = checks.kept_share("Adadelta(rho)", rho)
        self.epsilon = checks.epsilon("Adadelta(epsilon)", epsilon)

    @staticmethod
    def formula(w, g, G, D, lr, rho, epsilon):
        G = rho * G + (1 - rho) * g**2
        d = sqrt(D + epsilon) / sqrt(G + epsilon) * g
        D = rho * D + (1 - rho) * d**2
        w = w - lr * d
        return w, G, D

    def numbers(self, step):
        return self.rho, self.epsilon
