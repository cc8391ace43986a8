"""Muon: momentum made orthogonal: a matrix's step turns all directions equally far; everything else learns by Adam.

    m = mu m + g                    u = g + mu m with nesterov, else m
    X = u / |u|                     |.|: root of the sum of squares; the rest on X^T where a matrix is tall
    X = a X + (b A + c A A) X       A = X X^T, ns_steps times: X's singular values go to about 1
    w = w - lr rms_rate sqrt(max(rows, columns)) X

    of vectors, kernels of more axes, embeddings and what exclude_layers names:     Adam with lr adam_lr_ratio

Weight decay comes before, of matrices by weight_decay, of the others by adam_weight_decay: w = w - lr weight_decay w.
Source: Jordan et al., "Muon: an optimizer for hidden layers", 2024; Liu et al., "Muon is scalable for LLM training", 2025;
Keras 3, optimizers/muon.py.
"""

import math
import re

import torch

from nabi.as_keras.steps.shaped import Shaped, Stepping
from nabi.core.numbers import flag, number
from nabi.optimizers import checks


class Muon(Shaped):
    """Orthogonal steps for matrices.

        X = newton_schulz(mu m + g)
        w = w - lr rms_rate sqrt(max(rows, columns)) X

    Args:
        learning_rate: lr.
        adam_beta_1, adam_beta_2, epsilon: b1, b2 and eps of Adam's steps.
        adam_weight_decay, weight_decay: of weights that learn by Adam, and of matrices; None for none.
        exclude_layers: patterns; weights whose path has one of them learn by Adam, best the last layer's.
        exclude_embeddings: whether paths with "embedding" do.
        muon_a, muon_b, muon_c: a, b and c.
        adam_lr_ratio: share of lr for Adam's steps.
        momentum: mu. ns_steps: how often X is improved. nesterov: whether u looks ahead.
        rms_rate: how large a step is beside lr; None leaves X as it is.
        options: see `Optimizer`.
    """

    slots = ("m", "v")
    decay_rates = ("weight_decay", "adam_weight_decay")

    def __init__(self, learning_rate=0.001, adam_beta_1=0.9, adam_beta_2=0.999, adam_weight_decay=0.004, epsilon=1e-7,
                 weight_decay=0.004, exclude_layers=None, exclude_embeddings=True, muon_a=3.4445, muon_b=-4.7750, muon_c=2.0315,
                 adam_lr_ratio=1, momentum=0.95, ns_steps=5, nesterov=True, rms_rate=0.2, **options):
        super().__init__(learning_rate, weight_decay=weight_decay, **options)
        self.adam_beta_1 = checks.kept_share("Muon(adam_beta_1)", adam_beta_1)
        self.adam_beta_2 = checks.kept_share("Muon(adam_beta_2)", adam_beta_2)
        self.adam_weight_decay = checks.optional("Muon(adam_weight_decay)", adam_weight_decay)
        self.epsilon = checks.epsilon("Muon(epsilon)", epsilon)
        self.exclude_layers = list(exclude_layers or [])
        self.exclude_embeddings = flag("Muon(exclude_embeddings)", exclude_embeddings)
        self.muon_a, self.muon_b, self.muon_c = (number(f"Muon(muon_{letter})", value) for letter, value in
                                                 (("a", muon_a), ("b", muon_b), ("c", muon_c)))  # fmt: skip
        self.adam_lr_ratio = checks.at_least_0("Muon(adam_lr_ratio)", adam_lr_ratio)
        self.momentum = checks.kept_share("Muon(momentum)", momentum)
        self.ns_steps = checks.count("Muon(ns_steps)", ns_steps)
        self.nesterov = flag("Muon(nesterov)", nesterov)
        self.rms_rate = checks.optional("Muon(rms_rate)", rms_rate)

    def by_adam(self, w: torch.Tensor, path: str) -> bool:
        """Whether a weight learns by Adam."""
        embedded = self.exclude_embeddings and "embedding" in path.lower()
        return w.ndim != 2 or embedded or any(re.search(pattern, path) for pattern in self.exclude_layers)

    def step_of(self, w, g, slots, lr, *numbers):
        m, v = slots
        if w.ndim != 2:
            return self.adam_step(w, g, m, v, lr, *numbers)
        m.mul_(self.momentum).add_(g)
        u = g + self.momentum * m if self.nesterov else m
        size = 1.0 if self.rms_rate is None else self.rms_rate * math.sqrt(max(w.shape))
        w.sub_(lr * size * self.orthogonal(u))

    def adam_step(self, w, g, m, v, lr, fix_1, fix_2):
        """Adam's formula, in place."""
        m.add_(g - m, alpha=1 - self.adam_beta_1)
        v.add_(g**2 - v, alpha=1 - self.adam_beta_2)
        w.sub_(m * (lr * self.adam_lr_ratio * math.sqrt(fix_2) / fix_1) / (torch.sqrt(v) + self.epsilon))

    def orthogonal(self, u: torch.Tensor) -> torch.Tensor:
        """Newton's and Schulz' steps towards the nearest matrix whose singular values are all 1."""
        a, b, c, tall = self.muon_a, self.muon_b, self.muon_c, u.shape[0] > u.shape[1]
        x = u.T if tall else u
        x = x / (torch.linalg.matrix_norm(x) + 1e-7)
        for _ in range(self.ns_steps):
            A = x @ x.T
            x = a * x + (b * A + c * A @ A) @ x
        return x.T if tall else x

    def numbers(self, step):
        return 1 - self.adam_beta_1**step, 1 - self.adam_beta_2**step

    def make_span(self, w, g, segments, copy=None, rate=1.0, decay=True):
        span = super().make_span(w, g, segments, copy, rate, decay=False)  # two rates of decay: the step takes care of them
        span.update = ByKind(self, span, decay)
        return span


class ByKind(Stepping):
    """The steps of a span's weights, each by Muon or by Adam, after its own decay.

    Args:
        optimizer, span: as in `Stepping`.
        decay: whether there is any.
    """

    def __init__(self, optimizer: Muon, span, decay: bool):
        super().__init__(optimizer, span)
        self.decay = decay

    def one(self, path, w, g, slots, numbers):
        muon, lr = self.optimizer, numbers[0]
        adam = muon.by_adam(w, path)
        if self.decay:
            w.sub_(w * lr * ((muon.adam_weight_decay if adam else muon.weight_decay) or 0.0))
        if adam:
            muon.adam_step(w, g, *slots, *numbers)
        else:
            muon.step_of(w, g, slots, *numbers)
