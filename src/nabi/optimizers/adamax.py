"""Adamax: Adam with the largest recent gradient in place of the root mean square. 아다맥스.

    m = b1 m + (1 - b1) g
    u = max(b2 u, |g|)
    w = w - lr alpha m / (u + eps),   alpha = 1 / (1 - b1^t)

Source: Kingma & Ba, "Adam", ICLR 2015, section 7.1, algorithm 2.
"""

from nabi.core.registry import register
from nabi.kernels.math import absolute, maximum
from nabi.optimizers import checks
from nabi.optimizers.optimizer import Optimizer


@register("optimizer", "adamax")
class Adamax(Optimizer):
    """Adam in the infinity norm; u needs no correction, for it does not start too small (아다맥스).

        m = b1 m + (1 - b1) g
        u = max(b2 u, |g|)
        w = w - lr alpha m / (u + eps),   alpha = 1 / (1 - b1^t) at step t = 1, 2, ...

    Five spellings:
        formula     as above
        Python      for i in range(n):
                        m[i] = b1 * m[i] + (1 - b1) * g[i];  u[i] = max(b2 * u[i], abs(g[i]))
                        w[i] -= lr * alpha * m[i] / (u[i] + eps)
        TensorFlow1 tf.contrib.opt.AdaMaxOptimizer(learning_rate=0.001), epsilon 1e-8
        Keras       Adamax(learning_rate=0.001), epsilon 1e-7
        PyTorch     torch.optim.Adamax(params, lr=0.002), eps 1e-8 inside the maximum: u = max(b2 u, |g| + eps)

    Args:
        learning_rate: lr; the paper and Keras 2 have 0.002.
        beta_1: b1 in [0, 1).
        beta_2: b2 in [0, 1).
        epsilon: eps, above 0.
        options: see `Optimizer`.

    Example:
        >>> Adamax().numbers(1)
        (0.9, 0.999, 1e-07, 10.000000000000002)
    """

    slots = ("m", "u")

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, **options):
        super().__init__(learning_rate, **options)
        self.beta_1 = checks.kept_share("Adamax(beta_1)", beta_1)
        self.beta_2 = checks.kept_share("Adamax(beta_2)", beta_2)
        self.epsilon = checks.epsilon("Adamax(epsilon)", epsilon)

    @staticmethod
    def formula(w, g, m, u, lr, beta_1, beta_2, epsilon, alpha):
        m = beta_1 * m + (1 - beta_1) * g
        u = maximum(beta_2 * u, absolute(g))
        w = w - lr * alpha * m / (u + epsilon)
        return w, m, u

    def numbers(self, step):
        alpha = 1 / (1 - self.beta_1**step)
        return self.beta_1, self.beta_2, self.epsilon, alpha
