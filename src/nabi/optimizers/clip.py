"""Clipping: gradients that are too long are shortened, in place, before the step.

    clipvalue        g = min(max(g, -c), c)              each element
    clipnorm         g = g * c / max(|g|, c)             each weight by its own norm
    global_clipnorm  g = g * c / max(|all g|, c)         all weights by the norm of all of them together

Source: Pascanu, Mikolov & Bengio, "On the difficulty of training recurrent neural networks", 2013, section 3.2.
"""

import torch

from nabi.optimizers.span import Span


def clip_value(spans: list[Span], limit: float) -> None:
    """No element of a gradient lies outside [-limit, limit]."""
    for span in spans:
        span.g.clamp_(-limit, limit)


def clip_norm(spans: list[Span], limit: float) -> None:
    """No weight's gradient is longer than `limit`; its direction stays."""
    for span in spans:
        for start, stop in span.segments:
            g = span.g[start:stop]
            g.mul_(limit / torch.linalg.vector_norm(g).clamp(min=limit))


def clip_global_norm(spans: list[Span], limit: float) -> None:
    """The gradient of all weights together is not longer than `limit`; its direction stays.

    One infinite element makes every gradient NaN, as in Keras, so that the fault shows instead of stopping the network.
    """
    norm = sum(torch.linalg.vector_norm(span.g) ** 2 for span in spans) ** 0.5
    factor = limit / norm.clamp(min=limit) + (norm - norm)
    for span in spans:
        span.g.mul_(factor)
