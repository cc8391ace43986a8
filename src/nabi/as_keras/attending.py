"""Attending: Keras' attention layers: each query reads the values, weighted by how well it fits their keys.

    scores = q k^T / scale          weights = softmax(scores)          y = weights v

Source: Vaswani et al., "Attention is all you need", 2017; Bahdanau et al., 2015 (additive: scores = sum tanh(q + k)).
"""

import math
from typing import Any

import torch

from nabi.layers import Layer
from nabi.layers.node import Symbol


class Attention(Layer):
    """Attention by products: called on [query, value] or [query, value, key].

    Shapes: (batch, Tq, d), (batch, Tv, d) -> (batch, Tq, d).

    Args:
        use_scale: a learned factor of the scores.
        score_mode: "dot".
        dropout: accepted; weights are not dropped.
    """

    takes_list = True

    def __init__(self, use_scale=False, score_mode="dot", dropout=0.0, seed=None, causal=False, **base):
        super().__init__(**base)
        self.use_scale, self.score_mode, self.dropout, self.seed, self.causal = use_scale, score_mode, dropout, seed, causal

    def build(self, input_shape):
        if self.use_scale:
            self.scale = self.add_weight((), "ones")

    def scores(self, query, key):
        """q k^T, scaled if a factor is learned."""
        found = query @ key.transpose(-1, -2)
        return found * self.scale if self.use_scale else found

    def call(self, x):
        query, value, key = (*x, x[1])[:3]
        found = self.scores(query, key)
        if self.causal:
            found = found.masked_fill(torch.ones_like(found).triu(1).bool(), float("-inf"))
        return found.softmax(-1) @ value

    def compute_output_shape(self, input_shape):
        return (*input_shape[0][:-1], input_shape[1][-1])


class AdditiveAttention(Attention):
    """Attention by sums: scores = sum_d s_d tanh(q_d + k_d).

    Args:
        use_scale: whether s is learned; else it is 1.
    """

    def __init__(self, use_scale=True, dropout=0.0, **base):
        super().__init__(use_scale=use_scale, dropout=dropout, **base)

    def build(self, input_shape):
        if self.use_scale:
            self.scale = self.add_weight((input_shape[0][-1],), "glorot_uniform")

    def scores(self, query, key):
        """sum_d s_d tanh(q_d + k_d)."""
        found = torch.tanh(query[..., :, None, :] + key[..., None, :, :])
        return (found * self.scale if self.use_scale else found).sum(-1)


class MultiHeadAttention(Layer):
    """Several attentions side by side, on projections of query, key and value; their outputs are projected back.

    Called as layer(query, value) or layer(query, value, key). Weights have Keras' shapes: (d, heads, key_dim).

    Args:
        num_heads: attentions.
        key_dim: numbers of a query and a key.
        value_dim: numbers of a value; None means key_dim.
        dropout: accepted; weights are not dropped.
        use_bias: whether projections add one.
        output_shape: numbers of the output; None means those of the query.
    """

    takes_list = True
    takes_integers = True  # masks
    with_scores = causal = False

    def __init__(self, num_heads, key_dim, value_dim=None, dropout=0.0, use_bias=True, output_shape=None, attention_axes=None,
                 kernel_initializer="glorot_uniform", bias_initializer="zeros", **base):
        super().__init__(**base)
        self.num_heads, self.key_dim, self.value_dim = num_heads, key_dim, value_dim or key_dim
        self.dropout, self.use_bias, self.output_shape = dropout, use_bias, output_shape
        self.attention_axes, self.kernel_initializer, self.bias_initializer = attention_axes, kernel_initializer, bias_initializer

    def build(self, input_shape):
        key = input_shape[min(2, len(input_shape) - 1)]
        sizes = {"query": (input_shape[0][-1], self.key_dim), "key": (key[-1], self.key_dim),
                 "value": (input_shape[1][-1], self.value_dim)}
        for name, (n, d) in sizes.items():
            setattr(self, f"{name}_kernel", self.add_weight((n, self.num_heads, d), self.kernel_initializer))
            if self.use_bias:
                setattr(self, f"{name}_bias", self.add_weight((self.num_heads, d), self.bias_initializer))
        out = self.output_shape or input_shape[0][-1]
        self.out_kernel = self.add_weight((self.num_heads, self.value_dim, out), self.kernel_initializer)
        if self.use_bias:
            self.out_bias = self.add_weight((out,), self.bias_initializer)

    def projected(self, x: Any, name: str) -> Any:
        """(batch, T, d) -> (batch, T, heads, key_dim)."""
        found = torch.einsum("btd,dhk->bthk", x, getattr(self, f"{name}_kernel"))
        return found + getattr(self, f"{name}_bias") if self.use_bias else found

    def __call__(self, query, value=None, key=None, query_mask=None, value_mask=None, key_mask=None, attention_mask=None,
                 return_attention_scores=False, training=None, use_causal_mask=False, mask=None):
        several = list(query) if isinstance(query, (list, tuple)) else [query]
        several += [one for one in (value, key) if one is not None]
        several += [several[-1]] * (3 - len(several))
        self.with_scores, self.causal = bool(return_attention_scores), bool(use_causal_mask)
        if attention_mask is not None:
            several.append(attention_mask if isinstance(attention_mask, Symbol) else torch.as_tensor(attention_mask))
        return super().__call__(several, training=training)

    def call(self, x):
        query, value, key = (*x, x[-1], x[-1])[:3]
        q, k, v = self.projected(query, "query"), self.projected(key, "key"), self.projected(value, "value")
        scores = torch.einsum("bqhk,bvhk->bhqv", q, k) / math.sqrt(self.key_dim)
        if len(x) > 3:  # 1 or True where a query may look: (batch, Tq, Tv), also with one for all, or one a head
            scores = scores.masked_fill(x[3].bool().logical_not()[(slice(None), None) if x[3].ndim == 3 else ()], -1e9)
        if self.causal:
            scores = scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1).bool(), -1e9)
        weights = scores.softmax(-1)
        made = torch.einsum("bhqv,bvhd->bqhd", weights, v)
        out = torch.einsum("bqhd,hdo->bqo", made, self.out_kernel)
        out = out + self.out_bias if self.use_bias else out
        return [out, weights] if self.with_scores else out

    def compute_output_shape(self, input_shape):
        shape = (*input_shape[0][:-1], self.output_shape or input_shape[0][-1])
        return [shape, (shape[0], self.num_heads, shape[1], input_shape[1][1])] if self.with_scores else shape
