"""Derivatives: one column of a layer's Jacobian: what one number of its input, or one weight, does to all its outputs.

    (J^T v)_u = sum over j of v_j d y_j / d x_u        its derivative by v is the column d y_j / d x_u, for all j at once

Autograd gives J^T v, and then, since that is linear in v, its derivative by v.
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from nabi.layers import Operation
from nabi.layers.weight import Weight
from nabi.trace.run import Copies, Run
from nabi.trace.seen import array


def column(made: list[Tensor], leaf: Tensor, at: tuple[int, ...]) -> list[Tensor]:
    """d made / d leaf[at], one tensor like each of `made`."""
    dummies = [torch.zeros_like(y).requires_grad_() for y in made]
    with torch.enable_grad():
        weighed = sum(((y * v).sum() for y, v in zip(made, dummies, strict=True)), torch.zeros((), dtype=torch.float64))
    if not weighed.requires_grad:
        return [torch.zeros_like(y) for y in made]
    (row,) = torch.autograd.grad(weighed, leaf, create_graph=True, allow_unused=True)
    if row is None or not row.requires_grad:
        return [torch.zeros_like(y) for y in made]
    found = torch.autograd.grad(row[at], dummies, allow_unused=True)
    return [torch.zeros_like(y) if d is None else d for y, d in zip(made, found, strict=True)]


def terms(columns: list[Tensor], gradients: list[Tensor]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places (sample first), derivatives and gradients where the derivative is not 0."""
    places, factors, gs = [], [], []
    for d, g in zip(columns, gradients, strict=True):
        there = array(d) != 0
        places.append(np.argwhere(there))
        factors.append(array(d)[there])
        gs.append(array(g)[there])
    width = max(p.shape[1] for p in places)
    padded = [np.pad(p, ((0, 0), (0, width - p.shape[1]))) for p in places]
    return np.concatenate(padded), np.concatenate(factors), np.concatenate(gs)


def of_input(run: Run, number: int, which: int, at: tuple[int, ...], gradients: list[Tensor]):
    """d outputs / d one number of an input, beside the outputs' gradients."""
    inputs, sample = [run.values[slot].detach() for slot in run.graph.calls[number].inputs], at[0]
    alone = apart(run, number)
    if alone:
        inputs, gradients, at = [x[sample:sample + 1] for x in inputs], [g[sample:sample + 1] for g in gradients], (0, *at[1:])
    leaf = inputs[which] = inputs[which].clone().requires_grad_()
    places, factors, g = terms(column(run.again(number, inputs, Copies(False)), leaf, at), gradients)
    places[:, 0] += sample if alone else 0
    return places, factors, g


def apart(run: Run, number: int) -> bool:
    """Whether a call treats each sample for itself, so that one of them will do."""
    call = run.graph.calls[number]
    layer: Any = call.layer
    quiet = number not in run.keys and not call.reads and not layer.inside and not layer.own_code
    return quiet and not layer.frozen_is_inference and not isinstance(layer, Operation)


def of_weight(run: Run, number: int, weight: Weight, at: tuple[int, ...], gradients: list[Tensor]):
    """d outputs / d one weight, beside the outputs' gradients."""
    inputs, copies = [run.values[slot].detach() for slot in run.graph.calls[number].inputs], Copies(True)
    made = run.again(number, inputs, copies)
    return terms(column(made, copies.made[id(weight)], at), gradients)
