"""LAMB: Adam's direction, each weight's step as long as lr times the weight: for batches of thousands.

    m = b1 m + (1 - b1) g          v = b2 v + (1 - b2) g^2
    u = m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + eps)
    w = w - lr |w| / |u| u         |.|: the norm of the whole weight; 1 in place of the quotient where one of them is 0

Source: You et al., "Large batch optimization for deep learning", 2020, algorithm 2; Keras 3, optimizers/lamb.py.
"""

import torch

from nabi.as_keras.steps.shaped import Shaped
from nabi.optimizers import checks


class Lamb(Shaped):
    """Adam by layers.

        u = m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + eps)
        w = w - lr |w| / |u| u

    Args:
        learning_rate: lr.
        beta_1, beta_2: b1 and b2 in [0, 1), shares of the running means that are kept.
        epsilon: eps, above 0.
        options: see `Optimizer`.
    """

    slots = ("m", "v")

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, **options):
        super().__init__(learning_rate, **options)
        self.beta_1 = checks.kept_share("Lamb(beta_1)", beta_1)
        self.beta_2 = checks.kept_share("Lamb(beta_2)", beta_2)
        self.epsilon = checks.epsilon("Lamb(epsilon)", epsilon)

    def step_of(self, w, g, slots, lr, *numbers):
        (m, v), (fix_1, fix_2) = slots, numbers
        m.add_(g - m, alpha=1 - self.beta_1)
        v.add_(g**2 - v, alpha=1 - self.beta_2)
        u = m / fix_1 / (torch.sqrt(v / fix_2) + self.epsilon)
        w_norm, u_norm = torch.linalg.vector_norm(w), torch.linalg.vector_norm(u)
        ratio = torch.where((w_norm > 0) & (u_norm > 0), w_norm / u_norm, 1.0)
        w.sub_(ratio * lr * u)

    def numbers(self, step):
        return 1 - self.beta_1**step, 1 - self.beta_2**step
