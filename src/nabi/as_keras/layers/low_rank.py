"""Low rank: `layer.enable_lora(rank)`: a layer that has learned stands still, and a small product learns beside its numbers.

    W' = W + (alpha / rank) A B        A: (n, rank), drawn; B: (rank, units), 0 at first; only these and the bias learn

Compile the model again afterwards. Source: Hu et al., "LoRA: Low-rank adaptation of large language models", 2021, eq. 3; Keras 3.
"""

from typing import Any

import torch.nn.functional as F

from nabi import initializers
from nabi.core.errors import ArgumentError, NotServed, StateError
from nabi.core.numbers import whole
from nabi.layers import Dense, Embedding

__all__ = ["KINDS", "enable_lora"]


class LowRank:
    """Base: a layer's class with A and B besides.

    Attributes:
        table: name of the weight W.
    """

    lora_enabled = True
    table: str

    def __init__(self: Any, *values: Any, low_rank: int = 1, low_alpha: Any = None, **options: Any):
        super().__init__(*values, **options)
        self.low_rank, self.low_alpha = low_rank, low_alpha

    lora_rank = property(lambda self: self.low_rank)
    lora_alpha = property(lambda self: self.low_rank if self.low_alpha is None else self.low_alpha)

    def add_product(self: Any, a_initializer: Any = "he_uniform", b_initializer: Any = "zeros") -> None:
        """Makes A and B; W learns no more."""
        w = self._weights[self.table]
        n, units = w.shape
        self.add_weight((n, self.lora_rank), initializers.get(a_initializer), regularizer=w.regularizer, name="lora_a")
        self.add_weight((self.lora_rank, units), initializers.get(b_initializer), regularizer=w.regularizer, name="lora_b")
        w.trainable = False

    def build(self: Any, input_shape: Any) -> None:
        super().build(input_shape)  # type: ignore[misc]
        self.add_product()

    def product(self: Any) -> tuple[Any, Any, float]:
        """A, B and their factor."""
        return self._weights["lora_a"].tensor, self._weights["lora_b"].tensor, self.lora_alpha / self.lora_rank


class LowRankDense(LowRank, Dense):
    """y = a(x (W + s A B) + b)."""

    table = "kernel"

    def linear(self, x):
        A, B, s = self.product()
        return super().linear(x) + s * (x @ A @ B)


class LowRankEmbedding(LowRank, Embedding):
    """The vectors of E + s A B."""

    table = "embeddings"

    def call(self, x):
        A, B, s = self.product()
        return super().call(x) + s * (F.embedding(x.long(), A) @ B)

    def get_config(self):
        """Raises NotServed: files have no word for it."""
        raise NotServed(f"{self.label} with enable_lora cannot be written to a model file. Save the weights alone: "
                        "model.save_weights('m.weights.h5').")


KINDS = {Dense: LowRankDense, Embedding: LowRankEmbedding}


def enable_lora(self: Any, rank: int, lora_alpha: Any = None, a_initializer: Any = "he_uniform",
                b_initializer: Any = "zeros") -> None:
    """Lets W stand still, and A and B learn beside it.

    Args:
        rank: columns of A. lora_alpha: times B A / rank; by default rank. a_initializer, b_initializer: of A and B.

    Raises NotServed for other layers than Dense and Embedding; StateError for one that is not built, or the second time;
    ArgumentError for one whose W is constrained.
    """
    where = f"{self.label}.enable_lora"
    if isinstance(self, LowRank):
        raise StateError(where, "one call a layer", "a second one")
    if type(self) not in KINDS:
        raise NotServed(f"{where} is not part of nabi: Dense and Embedding have it. Freeze the layer, or let it learn slowly: "
                        "layer.rate_factor = 0.1.")
    if not self.built:
        raise StateError(where, "a layer that is built", "one without weights", "Call the model on data first, or build it.")
    kind = KINDS[type(self)]
    if self._weights[kind.table].constraint is not None:
        raise ArgumentError(where, "a layer without a constraint", f"{kind.table}_constraint")
    self.__class__ = kind
    self.low_rank, self.low_alpha = whole(f"{where}(rank)", rank, 1), lora_alpha
    self.add_product(a_initializer, b_initializer)
