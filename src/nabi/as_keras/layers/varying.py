"""Varying: Keras 3's layers for pictures and tokens that `nabi.layers` does not have.

    RandomPerspective(scale=0.3)            pictures as a plane that is tilted
    RandomElasticTransform(scale=0.5)       pictures on rubber
    ReversibleEmbedding(1000, 64)           an embedding whose table also gives the scores of the tokens

Source: Keras 3, layers/preprocessing/image_preprocessing, layers/core/reversible_embedding.py.
"""

from typing import Any

import torch

from nabi.as_keras.installing import enter
from nabi.as_keras.names.bounding_boxes import floats
from nabi.as_keras.names.ops_image_moved import bent, homography, moved
from nabi.kernels.philox import uniform
from nabi.layers import Embedding, Layer
from nabi.layers.sampled import Sampled, share
from nabi.layers.varied import pixel_range, some, up_to

__all__ = ["MaxNumBoundingBoxes", "RandomElasticTransform", "RandomPerspective", "ReversibleEmbedding"]
CHANCE = "A probability, 0.5 for up to every second picture."


class RandomPerspective(Sampled):
    """Tilts pictures during training; at inference nothing happens.

    Args:
        factor: probability that a picture is tilted, drawn from (0, factor) for a number, else from a pair.
        scale: by which share of its place a corner moves at most, doubled; in [0, 1].
        interpolation, fill_value, seed, fill_mode: as in nabi's layers that move pixels.
    """

    def __init__(self, factor=1.0, scale=1.0, interpolation="bilinear", fill_value=0.0, seed=None, data_format=None,
                 fill_mode="constant", **base):
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **base)
        self.factor = share("RandomPerspective(factor)", factor, CHANCE, least=0)
        self.scale = share("RandomPerspective(scale)", scale, "0.3 moves corners by up to 15 % of their place.", least=0)

    def call(self, x, training=False, key=None):
        if not training or key is None:
            return x
        u = uniform(key, (len(x), 10), torch.float64, x.device).to(x.dtype)
        chosen = u[:, 0] < up_to(self.factor, u[:, 1])
        start = torch.tensor([[0, 0], [1, 0], [0, 1], [1, 1]], dtype=x.dtype) * torch.tensor([x.shape[2] - 1, x.shape[1] - 1])
        end = start + start * (u[:, 2:].reshape(-1, 4, 2) - 0.5) * self.scale

        def tilted(x: torch.Tensor, end: torch.Tensor) -> torch.Tensor:
            return moved(x, homography(start.expand_as(end), end), self.interpolation, self.fill_mode, self.fill_value)

        return some(x, chosen, tilted, end)


class RandomElasticTransform(Sampled):
    """Bends pictures by smooth random fields during training; at inference nothing happens.

    Args:
        factor: probability that a picture is bent, as above.
        scale: how much: moves of a tenth of the longer side and fields as smooth as a twentieth of the shorter one at 1.
        value_range: the range of the pixels, to which the result is clipped.
        interpolation, fill_mode, fill_value, seed: as in nabi's layers that move pixels.
    """

    def __init__(self, factor=1.0, scale=1.0, interpolation="bilinear", fill_mode="reflect", fill_value=0.0,
                 value_range=(0, 255), seed=None, data_format=None, **base):
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **base)
        self.factor = share("RandomElasticTransform(factor)", factor, CHANCE, least=0)
        self.scale = share("RandomElasticTransform(scale)", scale, "0.3 bends pictures a little.", least=0)
        self.value_range = pixel_range("RandomElasticTransform", value_range)

    def call(self, x, training=False, key=None):
        if not training or key is None:
            return x
        height, width = x.shape[1:3]
        u = uniform(key, (len(x), height * width + 1, 3), torch.float64, x.device)
        size = float(up_to(self.scale, u[0, 0, 2]))
        noise = torch.special.ndtri(u[:, 1:, :2].clamp(1e-9, 1 - 1e-9)).reshape(-1, height, width, 2).to(x.dtype)
        chosen = u[:, 0, 0] < up_to(self.factor, u[:, 0, 1])

        def bend(x: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
            alpha, sigma = 0.1 * size * max(height, width), max(0.05 * size * min(height, width), 1e-3)
            return bent(x, noise, alpha, sigma, self.interpolation, self.fill_mode, self.fill_value)

        return some(x, chosen, bend, noise).clamp(*self.value_range)


class MaxNumBoundingBoxes(Layer):
    """Dicts of boxes with as many of them in each picture: further ones are left out, missing ones filled up.

    Args:
        max_number: how many. fill_value: what stands in their place.
    """

    def __init__(self, max_number, fill_value=-1, **base):
        super().__init__(**base)
        self.max_number, self.fill_value = max_number, fill_value

    def __call__(self, inputs: Any, *args: Any, **options: Any) -> Any:
        """A dict with "boxes" (N, n, 4) and "labels" (N, n), or one that holds such a dict as "bounding_boxes"."""
        if "bounding_boxes" in inputs:
            return {**inputs, "bounding_boxes": self(inputs["bounding_boxes"])}
        made = dict(inputs)
        for name in ("boxes", "labels"):
            part = floats(inputs[name])
            axis = part.ndim - (2 if name == "boxes" else 1)
            part = part.narrow(axis, 0, min(self.max_number, part.shape[axis]))
            missing = self.max_number - part.shape[axis]
            more = list(part.shape)
            more[axis] = missing
            made[name] = torch.cat([part, torch.full(more, float(self.fill_value), dtype=part.dtype)], axis)
        return made


class ReversibleEmbedding(Embedding):
    """An embedding that also gives scores of all tokens: `layer(h, reverse=True)` = h E^T.

    Args:
        input_dim, output_dim, embeddings_initializer, embeddings_regularizer, embeddings_constraint, mask_zero: see `Embedding`.
        tie_weights: whether both ways have one table.
        reverse_dtype: accepted. logit_soft_cap: c of c tanh(scores / c), None for none.
    """

    def __init__(self, input_dim, output_dim, tie_weights=True, embeddings_initializer="uniform", embeddings_regularizer=None,
                 embeddings_constraint=None, mask_zero=False, reverse_dtype=None, logit_soft_cap=None, **base):
        super().__init__(input_dim, output_dim, embeddings_initializer, embeddings_regularizer, embeddings_constraint, mask_zero,
                         **base)
        self.tie_weights, self.reverse_dtype, self.logit_soft_cap = tie_weights, reverse_dtype, logit_soft_cap

    def build(self, input_shape):
        super().build(input_shape)
        if not self.tie_weights:
            self.reverse_embeddings = self.add_weight((self.output_dim, self.input_dim), self.embeddings_initializer)

    def __call__(self, inputs: Any, *args: Any, reverse: bool = False, **options: Any) -> Any:
        """Vectors of tokens; with `reverse` the scores of tokens for vectors."""
        if not reverse:
            return super().__call__(inputs, *args, **options)
        if not self.built:
            self.build((None,))
        table = self.embeddings.T if self.tie_weights else self.reverse_embeddings
        scores = inputs @ table
        cap = self.logit_soft_cap
        return scores if cap is None else cap * torch.tanh(scores / cap)


LAYERS = (MaxNumBoundingBoxes, RandomElasticTransform, RandomPerspective, ReversibleEmbedding)
enter("layer", {layer.__name__: layer for layer in LAYERS})
