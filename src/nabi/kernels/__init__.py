"""Kernels: plain-torch functions and their fused CPU twins.

    convolution, linear             layers, with their ReLU
    batch_norm, normalize           layers, with a skip connection's sum and ReLU
    relu_pool_dropout, relu_average_dropout, dropout, flatten
    pictures                        bytes turned into numbers, flipped, moved
    affine, warp, resize            pictures turned, stretched; brought to another size
    softmax_crossentropy            a loss and its gradient in one pass
    update                          an optimizer's formula in one pass
    random_bits, uniform, normal    counter-based random numbers
    available, why_not, using       whether fused kernels run
    keep_freed_memory               pages stay with the process from step to step

`nabi.kernels.math` has the functions that an optimizer's formula may use.
"""

from nabi.kernels.affine import affine
from nabi.kernels.average import relu_average_dropout
from nabi.kernels.conv import convolution
from nabi.kernels.dropout import dropout
from nabi.kernels.flatten import flatten
from nabi.kernels.jit import available, using, why_not
from nabi.kernels.linear import linear
from nabi.kernels.memory import keep_freed_memory
from nabi.kernels.norm import batch_norm, normalize
from nabi.kernels.philox import normal, random_bits, uniform
from nabi.kernels.pictures import pictures
from nabi.kernels.pool import relu_pool_dropout
from nabi.kernels.resize import resize
from nabi.kernels.softmax import softmax_crossentropy
from nabi.kernels.update import update
from nabi.kernels.warp import warp

__all__ = [
    "affine",
    "available",
    "batch_norm",
    "convolution",
    "dropout",
    "flatten",
    "keep_freed_memory",
    "linear",
    "normal",
    "normalize",
    "pictures",
    "random_bits",
    "relu_average_dropout",
    "relu_pool_dropout",
    "resize",
    "softmax_crossentropy",
    "uniform",
    "update",
    "using",
    "warp",
    "why_not",
]
