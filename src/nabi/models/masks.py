"""Masks in a graph: which slots have a mask, and in which slot it lies; found once, when the graph is made.

    slot     0 tokens   1 Embedding   2 LSTM   3 Dense        4 the mask of 1, 2 and 3

What masks are, and why this is decided beforehand, stands in `nabi.layers.masks`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch

from nabi.core.masks import mask_on
from nabi.core.shapes import Shape
from nabi.core.warning import warn
from nabi.layers.inside import mask_ranks
from nabi.layers.layer import Layer
from nabi.layers.masks import Masks, output_masks


def follow(calls: list[Any], shapes: Mapping[int, Shape]) -> tuple[list[Any], dict[int, int]]:
    """The calls with the slots of masks that they read and fill, and for each slot with a mask the slot of the mask.

    Args:
        calls: of a flat graph, in order.
        shapes: of all slots.

    Masks take the slots behind those of `shapes`. Whether `compute_mask` gives one is asked on zeros, with 1 for unknown sides.
    Code of the user's that called layers on tensors may have left masks on what it made, as a trial found: these fill slots, too.
    """
    slot_of: dict[int, int] = {}  # slot -> slot of its mask
    tried: dict[int, torch.Tensor] = {}  # slot of a mask -> what came of zeros
    found = []
    for call in calls:
        read = tuple(slot_of.get(slot) for slot in call.inputs)
        masked = any(slot is not None for slot in read)
        if call.inputs and (masked or type(call.layer).compute_mask is not Layer.compute_mask):
            zeros = [torch.zeros(()).expand([n or 1 for n in shapes[slot]]) for slot in call.inputs]
            masks = [None if slot is None else tried[slot] for slot in read]
            filled: list[int | None] = []
            for slot, mask in zip(call.outputs, output_masks(call.layer, zeros, masks, len(call.outputs)), strict=True):
                same = next((r for r, given in zip(read, masks, strict=True) if given is mask), None)
                new = len(shapes) + len(tried)
                filled.append(new if mask is not None and same is None else None)
                if mask is not None:
                    slot_of[slot] = new if same is None else same
                    if same is None:
                        tried[new] = mask
            makes, reads = any(slot is not None for slot in filled), masked and call.layer.reads_mask(len(call.inputs))
            if masked and not reads and call.layer.reads_mask(1):
                warn(f"{call.layer.label}: beside further inputs it does not read the mask of the first, as in Keras 3, "
                     "and runs over all time steps.")
            if makes or reads:
                call = replace(call, masks=read, filled=tuple(filled) if makes else (), reads=reads)
        elif call.inputs and any(ranks := mask_ranks(call.layer)):
            call = replace(call, filled=tuple(len(shapes) + len(tried) + sum(map(bool, ranks[:n])) if rank else None
                                              for n, rank in enumerate(ranks)))
            for slot, new, rank in zip(call.outputs, call.filled, ranks, strict=True):
                if new is not None:
                    slot_of[slot], tried[new] = new, torch.ones([n or 1 for n in shapes[slot][:rank]], dtype=torch.bool)
        found.append(call)
    return found, slot_of


def left_masks(call: Any, made: Sequence[torch.Tensor]) -> dict[int, torch.Tensor]:
    """By slot the masks that ride on what a call's layer made; where it left none, unlike in the trial, every step counts."""
    found = zip(call.filled, made, mask_ranks(call.layer), strict=True)
    return {slot: torch.ones(y.shape[:rank], dtype=torch.bool) if (mask := mask_on(y)) is None else mask
            for slot, y, rank in found if slot is not None}


def filled_masks(call: Any, inputs: Sequence[torch.Tensor], masks: Masks) -> dict[int, torch.Tensor]:
    """By slot the masks that a call's layer makes of its inputs and their masks."""
    made = output_masks(call.layer, inputs, masks or (None,) * len(inputs), len(call.outputs))
    return {slot: mask for slot, mask in zip(call.filled, made, strict=True) if slot is not None and mask is not None}
