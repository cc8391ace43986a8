"""Lion: only the sign of a blend of momentum and gradient moves the weights; every step is lr long, in every direction. 라이언.

    u = sign(b1 m + (1 - b1) g)
    w = w - lr u
    m = b2 m + (1 - b2) g

Source: Chen et al., "Symbolic discovery of optimization algorithms", NeurIPS 2023, algorithm 2.
"""

from nabi.core.registry import register
from nabi.kernels.math import sign
from nabi.optimizers import checks
from nabi.optimizers.optimizer import Optimizer


@register("optimizer", "lion")
class Lion(Optimizer):
    """Sign descent with a momentum that looks back further than the step: b2 > b1 (라이언).

        u = sign(b1 m + (1 - b1) g)
        w = w - lr u
        m = b2 m + (1 - b2) g

    All weights move by the same length, so the learning rate is to be 3 to 10 times smaller than Adam's, and weight_decay as much
    larger. It keeps one vector where Adam keeps two.

    Five spellings:
        formula     as above
        Python      for i in range(n):
                        w[i] -= lr * sign(b1 * m[i] + (1 - b1) * g[i]);  m[i] = b2 * m[i] + (1 - b2) * g[i]
        TensorFlow1 none; the authors' lion_tf1.py has learning_rate=1e-4
        Keras       Lion(learning_rate=0.001, beta_1=0.9, beta_2=0.99)
        PyTorch     none in torch.optim; the authors' Lion(params, lr=1e-4, betas=(0.9, 0.99))

    Args:
        learning_rate: lr.
        beta_1: b1 in (0, 1], the momentum's share of the blend; at 0 the momentum would never be read.
        beta_2: b2 in [0, 1), share of m that is kept.
        options: see `Optimizer`.

    Example:
        >>> w, m = Lion.formula(1.0, 5.0, 0.0, lr=0.25, beta_1=0.9, beta_2=0.5)
        >>> w, m  # the step is lr, whatever the gradient
        (0.75, 2.5)
    """

    slots = ("m",)

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.99, **options):
        super().__init__(learning_rate, **options)
        self.beta_1 = checks.share_above_0("Lion(beta_1)", beta_1)
        self.beta_2 = checks.kept_share("Lion(beta_2)", beta_2)

    @staticmethod
    def formula(w, g, m, lr, beta_1, beta_2):
        u = sign(beta_1 * m + (1 - beta_1) * g)
        w = w - lr * u
        m = beta_2 * m + (1 - beta_2) * g
        return w, m

    def numbers(self, step):
        return self.beta_1, self.beta_2
