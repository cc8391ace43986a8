"""Attending: Keras' attention layers: each query reads the values, weighted by how well it fits their keys.

    scores = q k^T              weights = softmax(scores)          y = weights v
    additive                    scores = sum_d s_d tanh(q_d + k_d)

Masks say where a query may look: scores elsewhere are lowered by 1e9. Dropout, in training: weights are dropped, not outputs.
Source: Luong et al., "Effective approaches to attention-based neural machine translation", 2015; Bahdanau et al., 2015
(additive); Keras 3, layers/attention/attention.py. Several heads: `many_heads.py`.
"""

from typing import Any

import torch

from nabi import kernels
from nabi.core.errors import ArgumentError
from nabi.layers.dropout import share_off
from nabi.layers.layer import Layer
from nabi.layers.node import Symbol

__all__ = ["AdditiveAttention", "Attending", "Attention"]
FAR = 1e9  # what scores are lowered by


class Attending(Layer):
    """Base: called on several tensors, with masks of their own or carried by them, and flags of the call.

    Attributes:
        with_scores, no_future: of the last call: whether weights are asked for, and nothing behind a query is read.
        masks_given: names of the masks behind the tensors, by the number of all of them.
    """

    takes_list = True
    with_scores = no_future = False
    restored: dict[str, Any] = {}  # flags and masks of the call, of a layer from a configuration

    def asked(self, tensors: list, named: dict[str, Any], with_scores: Any, causal: Any, training: Any) -> Any:
        """The call: masks that were given stand behind the tensors, since they may be symbols."""
        said = self.restored
        self.with_scores = bool(said.get("return_attention_scores") if with_scores is None else with_scores)
        self.no_future = bool(said.get("use_causal_mask") if causal is None else causal)
        tensors, behind = tensors[:3], tensors[3:]
        given = {name: mask for name, mask in named.items() if mask is not None}
        given |= dict(zip(said.get("masks", ()), behind, strict=True))
        several = [*tensors, *(m if isinstance(m, Symbol) else torch.as_tensor(m) for m in given.values())]
        self.__dict__.setdefault("masks_given", {})[len(several)] = tuple(given)
        return super().__call__(several, training=training)

    def masks_of(self, x: list, mask: Any) -> dict[str, Any]:
        """All masks by name, as truth values: those that query, value and key carry, and those given."""
        found = dict(zip(("query_mask", "value_mask", "key_mask"), mask or (), strict=False))
        found |= dict(zip(self.__dict__.get("masks_given", {}).get(len(x), ()), x[3:], strict=True))
        return {name: one.bool() for name, one in found.items() if one is not None}

    def of_call(self) -> dict[str, Any]:
        """What its call in a graph was told: flags, and names of the masks behind query, value and key."""
        flags = {"return_attention_scores": self.with_scores, "use_causal_mask": self.no_future}
        masks = self.__dict__.get("masks_given", {}).get(len(self.nodes[0].inputs), ()) if self.nodes else ()
        return {**{name: True for name, flag in flags.items() if flag}, **({"masks": list(masks)} if masks else {})}

    def get_config(self):
        """The arguments, and what the call in a graph was told, as `asked`."""
        told = self.of_call()
        return {**super().get_config(), **({"asked": told} if told else {})}

    @classmethod
    def from_config(cls, config):
        """A new layer, whose call is told the same."""
        made = super().from_config({name: value for name, value in config.items() if name != "asked"})
        made.restored = dict(config.get("asked") or {})
        return made

    def check_shapes(self, shapes):
        """What torch's products say."""

    def compute_mask(self, inputs, mask=None):
        return self.masks_of(inputs, mask).get("query_mask")


def looks_back(scores: torch.Tensor) -> torch.Tensor:
    """(Tq, Tv): True where a step is not behind the query's own."""
    return torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).tril()


class Attention(Attending):
    """Attention by products: called on [query, value] or [query, value, key].

    Shapes: (batch, Tq, d), (batch, Tv, d) -> (batch, Tq, d); with return_attention_scores also (batch, Tq, Tv).

    Args:
        use_scale: a learned factor of the scores.
        score_mode: "dot", or "concat": scores = w sum_d tanh(q_d + k_d).
        dropout: share of the weights that is off in training.
        seed: own seed of the dropout.
        causal: Keras 2's way to say use_causal_mask.

    Called with `mask=[query mask, value mask]`, or by those that the tensors carry: no query reads a masked value, and a masked
    query gives zeros. `use_causal_mask`: no query reads what comes behind it.
    """

    def __init__(self, use_scale=False, score_mode="dot", dropout=0.0, seed=None, causal=False, **base):
        super().__init__(**base)
        if score_mode not in ("dot", "concat"):
            raise ArgumentError(f"{type(self).__name__}(score_mode)", "'dot' or 'concat'", repr(score_mode))
        self.use_scale, self.score_mode = bool(use_scale), score_mode
        self.dropout, self.seed = share_off(f"{type(self).__name__}(dropout)", dropout), seed
        self.random = bool(dropout)
        self.causal = bool(causal)

    def __call__(self, inputs, mask=None, training=None, return_attention_scores=None, use_causal_mask=None, **more):
        tensors = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
        if isinstance(mask, (Symbol, torch.Tensor)):  # a tensor, as in attention(query, value)
            tensors, mask = [*tensors, mask], None
        tensors += [more.pop(name) for name in ("value", "key") if more.get(name) is not None]
        tensors += [tensors[-1]] * (3 - len(tensors))
        named: dict[str, Any] = dict(zip(("query_mask", "value_mask"), mask or (), strict=False))
        return self.asked(tensors, named, return_attention_scores, use_causal_mask or self.causal or None, training)

    def build(self, input_shape):
        if self.use_scale:
            self.scale = self.add_weight((), "ones")
        if self.score_mode == "concat":
            self.concat_score_weight = self.add_weight((), "ones")

    def get_config(self):
        """As Keras has it, which knows `causal` as an argument of the call alone."""
        return {name: value for name, value in super().get_config().items() if name != "causal" or value}

    def scores(self, query, key):
        """How well each query fits each key: (batch, Tq, Tv)."""
        if self.score_mode == "concat":
            found = query[..., :, None, :] + key[..., None, :, :]
            return self.concat_score_weight * torch.tanh(found * self.scale if self.use_scale else found).sum(-1)
        found = query @ key.transpose(-1, -2)
        return found * self.scale if self.use_scale else found

    def call(self, x, training: bool = False, key: Any = None, mask: Any = None):
        query, value, keys = x[:3]
        masks = self.masks_of(x, mask)
        scores = self.scores(query, keys)
        allowed = looks_back(scores) if self.no_future else None
        if "value_mask" in masks:
            seen = masks["value_mask"][:, None, :]
            allowed = seen if allowed is None else allowed & seen
        if allowed is not None:
            scores = torch.where(allowed, scores, scores - FAR)
        weights = scores.softmax(-1)
        read = kernels.dropout(weights, self.dropout, key) if training and self.dropout else weights
        out = read @ value
        if "query_mask" in masks:
            out = torch.where(masks["query_mask"][..., None], out, 0)
        return [out, read] if self.with_scores else out

    def compute_output_shape(self, input_shape):
        out = (*input_shape[0][:-1], input_shape[1][-1])
        return [out, (*input_shape[0][:-1], input_shape[1][-2])] if self.with_scores else out


class AdditiveAttention(Attention):
    """Attention by sums: scores = sum_d s_d tanh(q_d + k_d).

    Args:
        use_scale: whether s is learned; else it is 1.
        dropout: share of the weights that is off in training.
    """

    def __init__(self, use_scale=True, dropout=0.0, seed=None, causal=False, **base):
        super().__init__(use_scale, "dot", dropout, seed, causal, **base)

    def get_config(self):
        """As Keras has it, without a score_mode."""
        return {name: value for name, value in super().get_config().items() if name != "score_mode"}

    def build(self, input_shape):
        if self.use_scale:
            self.scale = self.add_weight((input_shape[0][-1],), "glorot_uniform")

    def scores(self, query, key):
        """sum_d s_d tanh(q_d + k_d)."""
        found = torch.tanh(query[..., :, None, :] + key[..., None, :, :])
        return (found * self.scale if self.use_scale else found).sum(-1)
