"""Kinds: one file for each kind of layer: how its numbers come about, and which places they read."""

from nabi.trace.kinds import (
    convolution,
    dense,
    dropout,
    functions,
    merging,
    moving,
    norms,
    pooling,
    product,
    recurrent,
    sums,
    transposed,
    windows,
    wrapped,
)

__all__ = ["convolution", "dense", "dropout", "functions", "merging", "moving", "norms", "pooling", "product", "recurrent",
           "sums", "transposed", "windows", "wrapped"]
