"""Nadam: Adam that looks ahead as NAG does. 나담.

    mu_t = b1 (1 - 0.96^(t s) / 2),  M_t = mu_1 mu_2 ... mu_t
    m = b1 m + (1 - b1) g
    v = b2 v + (1 - b2) g^2
    m_bar = mu_(t+1) / (1 - M_(t+1)) m + (1 - mu_t) / (1 - M_t) g
    w = w - lr m_bar / (sqrt(v / (1 - b2^t)) + eps)

Source: Dozat, "Incorporating Nesterov momentum into Adam", ICLR workshop 2016, algorithm 2; mu warms up as in Keras.
"""

from typing import Any

import numpy as np

from nabi.core.registry import register
from nabi.kernels.math import sqrt
from nabi.optimizers import checks
from nabi.optimizers.optimizer import Optimizer


@register("optimizer", "nadam")
class Nadam(Optimizer):
    """Adam with Nesterov's momentum: the present gradient counts once more, and the momentum warms up (나담).

        m = b1 m + (1 - b1) g
        v = b2 v + (1 - b2) g^2
        m_bar = c_m m + c_g g,   c_m = mu_(t+1) / (1 - M_(t+1)),  c_g = (1 - mu_t) / (1 - M_t)
        w = w - lr m_bar / (sqrt(v / c_v) + eps),   c_v = 1 - b2^t at step t = 1, 2, ...

    with mu_t = b1 (1 - 0.96^(t s) / 2) and M_t = mu_1 ... mu_t, which `state["M"]` carries from step to step.

    Five spellings:
        formula     as above
        Python      for i in range(n):
                        m[i] = b1 * m[i] + (1 - b1) * g[i];  v[i] = b2 * v[i] + (1 - b2) * g[i]**2
                        w[i] -= lr * (c_m * m[i] + c_g * g[i]) / ((v[i] / c_v)**0.5 + eps)
        TensorFlow1 tf.contrib.opt.NadamOptimizer(learning_rate), with a constant mu
        Keras       Nadam(learning_rate=0.001), s = 1; Keras 1 and 2: Nadam(lr=0.002, schedule_decay=0.004)
        PyTorch     torch.optim.NAdam(params, lr=0.002, momentum_decay=0.004), momentum_decay is s

    Args:
        learning_rate: lr.
        beta_1: b1 in [0, 1).
        beta_2: b2 in [0, 1).
        epsilon: eps, above 0.
        schedule_decay: s above or equal 0, how fast mu warms up; Keras 3 fixes it at 1.
        options: see `Optimizer`.

    Example:
        >>> [round(number, 4) for number in Nadam().numbers(1)]
        [0.9, 0.999, 0.0, 0.6279, 1.0, 0.001]
    """

    slots = ("m", "v")

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, weight_decay=None, *,
                 schedule_decay=1.0, **options):
        super().__init__(learning_rate, weight_decay=weight_decay, **options)
        self.beta_1 = checks.kept_share("Nadam(beta_1)", beta_1)
        self.beta_2 = checks.kept_share("Nadam(beta_2)", beta_2)
        self.epsilon = checks.epsilon("Nadam(epsilon)", epsilon)
        self.schedule_decay = checks.at_least_0("Nadam(schedule_decay)", schedule_decay)
        self.state = {"M": 1.0}

    @staticmethod
    def formula(w, g, m, v, lr, beta_1, beta_2, epsilon, c_m, c_g, c_v):
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g**2
        m_bar = c_m * m + c_g * g
        w = w - lr * m_bar / (sqrt(v / c_v) + epsilon)
        return w, m, v

    def mu(self, step: Any) -> Any:
        """mu_t, which rises from about b1 / 2 to b1."""
        return self.beta_1 * (1 - 0.5 * 0.96 ** (step * self.schedule_decay))

    def product(self, steps: int) -> float:
        """M after so many steps."""
        return float(np.prod(self.mu(np.arange(1, steps + 1))))

    def numbers(self, step):
        mu, mu_next = self.mu(step), self.mu(step + 1)
        self.state["M"] *= mu
        M = self.state["M"]
        c_m, c_g = mu_next / (1 - M * mu_next), (1 - mu) / (1 - M)
        return self.beta_1, self.beta_2, self.epsilon, c_m, c_g, 1 - self.beta_2**step
