"""Many heads: several attentions side by side, on projections of query, key and value; their outputs are projected back.

    q = x W_q + b_q,  k = ..., v = ...             W: (d, heads, key_dim)
    weights = softmax(q k^T / sqrt(key_dim))       y = (weights v) W_o + b_o

Where a query may not look, scores are -1e9. Dropout, in training: weights are dropped.
Source: Vaswani et al., "Attention is all you need", 2017; Ainslie et al., "GQA", 2023; Keras 3,
layers/attention/multi_head_attention.py.
"""

import math
from typing import Any

import torch

from nabi import initializers
from nabi.as_keras.layers.attending import FAR, Attending, looks_back
from nabi.as_keras.layers.einsum_dense import EinsumDense
from nabi.core.errors import ArgumentError
from nabi.layers.dropout import Dropout, share_off

__all__ = ["GroupQueryAttention", "GroupedQueryAttention", "MultiHeadAttention"]


class MultiHeadAttention(Attending):
    """Attention by several heads, called as layer(query, value) or layer(query, value, key).

    Shapes: (batch, Tq, d), (batch, Tv, d) -> (batch, Tq, d); with return_attention_scores also (batch, heads, Tq, Tv). With more
    axes, such as a picture's, all between batch and features are looked at, or those of `attention_axes`.

    Args:
        num_heads: attentions.
        key_dim: numbers of a query and a key.
        value_dim: numbers of a value; None means key_dim.
        dropout: share of the weights that is off in training.
        use_bias: whether projections add one.
        output_shape: numbers of the output; None means those of the query.
        attention_axes: axes that are looked at.
        kernel_initializer and so on: of the projections.
        seed: own seed of the dropout.

    Call arguments: attention_mask (batch, Tq, Tv) or (batch, heads, Tq, Tv), True where a query may look; use_causal_mask;
    value_mask and key_mask (batch, Tv), else those that the tensors carry. A query's own mask counts where it is carried, as in
    Keras: a masked query reads all values evenly, or nothing where weights are asked for or dropped. It is the output's mask.
    """

    takes_integers = True  # masks

    def __init__(self, num_heads, key_dim, value_dim=None, dropout=0.0, use_bias=True, output_shape=None, attention_axes=None,
                 flash_attention=None, kernel_initializer="glorot_uniform", bias_initializer="zeros", kernel_regularizer=None,
                 bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, bias_constraint=None, seed=None,
                 **base):
        super().__init__(**base)
        self.num_heads, self.key_dim, self.value_dim = num_heads, key_dim, value_dim or key_dim
        self.dropout: Any = share_off(f"{type(self).__name__}(dropout)", dropout)
        self.use_bias, self.output_shape = use_bias, output_shape
        self.attention_axes, self.flash_attention, self.seed = attention_axes, flash_attention, seed
        self.kernel_initializer, self.bias_initializer = initializers.get(kernel_initializer), initializers.get(bias_initializer)
        self.kernel_regularizer, self.bias_regularizer = kernel_regularizer, bias_regularizer
        self.kernel_constraint, self.bias_constraint = kernel_constraint, bias_constraint
        self.activity_regularizer = activity_regularizer
        self.random = bool(dropout)

    @property
    def heads(self) -> tuple[int, int]:
        """Heads of the queries, and of keys and values."""
        return self.num_heads, self.num_heads

    def __call__(self, query, value=None, key=None, query_mask=None, value_mask=None, key_mask=None, attention_mask=None,
                 return_attention_scores=None, training=None, use_causal_mask=None, mask=None):
        several = list(query) if isinstance(query, (list, tuple)) else [query]
        several += [one for one in (value, key) if one is not None]
        several += [several[-1]] * (3 - len(several))
        named = {"value_mask": value_mask, "key_mask": key_mask, "attention_mask": attention_mask}
        return self.asked(several, named, return_attention_scores, use_causal_mask, training)

    def build(self, input_shape):
        queries, values = self.heads
        self.query_dense = self.projection("query", input_shape[0], queries, self.key_dim)
        self.key_dense = self.projection("key", input_shape[2], values, self.key_dim)
        self.value_dense = self.projection("value", input_shape[1], values, self.value_dim)
        shape = input_shape[0]
        free = "abcfghijk"[:len(shape) - 1]
        asked = self.output_shape or shape[-1]
        out = tuple(asked) if isinstance(asked, (list, tuple)) else (asked,)
        made = "opqr"[:len(out)]
        self.output_dense = self.einsum(f"{free}de,de{made}->{free}{made}", (*[None] * (len(shape) - 2), *out), made,
                                        "attention_output")
        self.output_dense.build((*shape[:-1], queries, self.value_dim))
        if self.dropout:
            self.dropout_layer = Dropout(self.dropout, seed=self.seed, name=f"{self.name}_dropout")

    def projection(self, name: str, shape: Any, heads: int, size: int) -> EinsumDense:
        """(batch, ..., d) -> (batch, ..., heads, size)."""
        free = "abcfghijk"[:len(shape) - 1]
        made = self.einsum(f"{free}z,zde->{free}de", (*[None] * (len(shape) - 2), heads, size), "de", name)
        made.build(tuple(shape))
        return made

    def einsum(self, equation: str, shape: tuple, bias_axes: str, name: str) -> EinsumDense:
        """One projection."""
        return EinsumDense(equation, shape, None, bias_axes if self.use_bias else None, self.kernel_initializer,
                           self.bias_initializer, self.kernel_regularizer, self.bias_regularizer, None, self.kernel_constraint,
                           self.bias_constraint, name=name, dtype=self.dtype)

    def call(self, x, training: bool = False, mask: Any = None):
        wanted = self.query_dense.kernel.dtype
        query, value, key = (t.to(wanted) for t in x[:3])
        q = self.flat(self.query_dense.call(query)) / math.sqrt(self.key_dim)  # (batch, heads, Tq, key_dim)
        k, v = self.flat(self.key_dense.call(key)), self.flat(self.value_dense.call(value))
        if self.heads[0] != self.heads[1]:
            k, v = (t.repeat_interleave(self.heads[0] // self.heads[1], -3) for t in (k, v))
        scores = q @ k.transpose(-1, -2)
        allowed = self.allowed(scores, self.masks_of(x, mask))
        if allowed is not None:
            scores = torch.where(allowed, scores, -FAR)
        weights = scores.softmax(-1)
        if allowed is not None and (self.with_scores or self.dropout):
            weights = torch.where(allowed, weights, 0)
        read = self.dropout_layer(weights, training=training) if self.dropout else weights
        out = self.output_dense.call(self.unflat(read @ v, query))
        return [out, weights] if self.with_scores else out

    def allowed(self, scores: torch.Tensor, masks: dict[str, torch.Tensor]) -> torch.Tensor | None:
        """Where queries may look, as wide as scores; None for everywhere."""
        found = [looks_back(scores)] if self.no_future else []
        found += [masks[name][:, None, None, :] for name in ("value_mask", "key_mask") if name in masks]
        if "query_mask" in masks:
            found.append(masks["query_mask"][:, None, :, None])
        if "attention_mask" in masks:
            given = masks["attention_mask"]
            found.append(given[:, None] if given.ndim == scores.ndim - 1 else given)
        total = None
        for one in found:
            total = one if total is None else total & one
        return total

    def seen_axes(self, rank: int) -> list[int]:
        """The axes that are looked at, of a tensor (batch, ..., heads, size) of so many."""
        axes = self.attention_axes
        chosen = range(1, rank - 2) if axes is None else axes if isinstance(axes, (list, tuple)) else (axes,)
        return [axis if axis >= 0 else rank - 1 + axis for axis in chosen]

    def flat(self, t: torch.Tensor) -> torch.Tensor:
        """(batch, ..., heads, size) -> (batch, others, heads, T, size), T: all places that are looked at."""
        if t.ndim == 4 and self.attention_axes is None:
            return t.transpose(1, 2)
        seen = self.seen_axes(t.ndim)
        others = [axis for axis in range(1, t.ndim - 2) if axis not in seen]
        return t.permute(0, *others, t.ndim - 2, *seen, t.ndim - 1).flatten(-1 - len(seen), -2)

    def unflat(self, t: torch.Tensor, query: torch.Tensor) -> torch.Tensor:
        """The reverse, with the axes of the query."""
        rank = query.ndim + 1
        if rank == 4 and self.attention_axes is None:
            return t.transpose(1, 2)
        seen = self.seen_axes(rank)
        others = [axis for axis in range(1, rank - 2) if axis not in seen]
        t = t.unflatten(-2, [query.shape[axis] for axis in seen])
        now = [0, *others, rank - 2, *seen, rank - 1]
        return t.permute(*(now.index(axis) for axis in range(rank)))

    def compute_output_shape(self, input_shape):
        asked = self.output_shape or input_shape[0][-1]
        shape = (*input_shape[0][:-1], *(asked if isinstance(asked, (list, tuple)) else (asked,)))
        return [shape, (shape[0], self.heads[0], shape[1], input_shape[1][1])] if self.with_scores else shape


class GroupedQueryAttention(MultiHeadAttention):
    """Attention whose queries share keys and values in groups.

    Args:
        head_dim: numbers of a query, a key and a value.
        num_query_heads: heads of the queries, a multiple of num_key_value_heads.
        num_key_value_heads: heads of keys and values.
        dropout, use_bias, seed and the rest: as in `MultiHeadAttention`.
    """

    def __init__(self, head_dim, num_query_heads, num_key_value_heads, dropout=0.0, use_bias=True, flash_attention=None,
                 kernel_initializer="glorot_uniform", bias_initializer="zeros", kernel_regularizer=None, bias_regularizer=None,
                 activity_regularizer=None, kernel_constraint=None, bias_constraint=None, seed=None, **base):
        if num_query_heads % num_key_value_heads:
            raise ArgumentError("GroupQueryAttention(num_query_heads)", f"a multiple of {num_key_value_heads}", num_query_heads)
        super().__init__(num_query_heads, head_dim, None, dropout, use_bias, None, None, flash_attention, kernel_initializer,
                         bias_initializer, kernel_regularizer, bias_regularizer, activity_regularizer, kernel_constraint,
                         bias_constraint, seed, **base)
        self.head_dim, self.num_query_heads, self.num_key_value_heads = head_dim, num_query_heads, num_key_value_heads

    @property
    def heads(self) -> tuple[int, int]:
        return self.num_query_heads, self.num_key_value_heads


GroupQueryAttention = GroupedQueryAttention
