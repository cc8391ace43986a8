"""Pooling: `tf.nn`'s largest numbers with their places, volumes, transposed sequences, and the reading of sequences (CTC).

    y, places = tf.nn.max_pool_with_argmax(x, 2, 2, "SAME")      places in a flattened picture: (row * width + column) * C + c
"""

from typing import Any

import torch
import torch.nn.functional as F

from nabi import backend, ops
from nabi.as_keras.layers import volumes
from nabi.as_keras.tensorflow.convolving import conv2d_transpose, pair
from nabi.as_keras.tensorflow.sparse import SparseTensor
from nabi.layers.weight import bare

__all__ = ["avg_pool3d", "conv1d_transpose", "ctc_beam_search_decoder", "ctc_greedy_decoder", "ctc_loss", "max_pool3d",
           "max_pool_with_argmax"]


def max_pool_with_argmax(input: Any, ksize: Any, strides: Any, padding: str, data_format: str = "NHWC", output_dtype: Any = None,
                         include_batch_in_index: bool = False, name: str | None = None) -> tuple[torch.Tensor, torch.Tensor]:
    """The largest of each window, and its place in the flattened picture, or batch."""
    x = ops.convert_to_tensor(bare(input))
    batch, high, wide, channels = x.shape
    size, steps = pair(ksize), pair(strides)
    around = [0, 0, 0, 0]
    if padding.upper() == "SAME":
        for n, length in ((1, high), (0, wide)):
            k, step = size[1 - n], steps[1 - n]
            more = max((-(-length // step) - 1) * step + k - length, 0)
            around[2 * n : 2 * n + 2] = [more // 2, more - more // 2]
    planes = F.pad(x.permute(0, 3, 1, 2), around, value=float("-inf") if x.is_floating_point() else torch.iinfo(x.dtype).min)
    found, places = F.max_pool2d(planes, size, steps, return_indices=True)
    width = planes.shape[3]
    row, column = places // width - around[2], places % width - around[0]
    number = (row * wide + column).permute(0, 2, 3, 1) * channels + torch.arange(channels)
    if include_batch_in_index:
        number = number + torch.arange(batch)[:, None, None, None] * (high * wide * channels)
    return found.permute(0, 2, 3, 1), number


def along_three(sizes: Any) -> tuple[int, ...]:
    """Steps along three axes, of one number, three or five."""
    return (sizes,) * 3 if isinstance(sizes, int) else tuple(sizes[1:4] if len(sizes) == 5 else sizes)


def max_pool3d(input: Any, ksize: Any, strides: Any, padding: str, data_format: str = "NDHWC", name: str | None = None) -> Any:
    """The largest of each block of a volume."""
    return volumes.MaxPooling3D(along_three(ksize), along_three(strides), padding=padding.lower())(input)


def avg_pool3d(input: Any, ksize: Any, strides: Any, padding: str, data_format: str = "NDHWC", name: str | None = None) -> Any:
    """The mean of each block of a volume."""
    return volumes.AveragePooling3D(along_three(ksize), along_three(strides), padding=padding.lower())(input)


def conv1d_transpose(input: Any, filters: Any, output_shape: Any, strides: Any, padding: str = "SAME", data_format: str = "NWC",
                     dilations: Any = None, name: str | None = None) -> torch.Tensor:
    """As `conv2d_transpose`, of sequences (batch, steps, channels) with a kernel (steps, out, in)."""
    step = strides if isinstance(strides, int) else strides[1] if len(strides) == 3 else strides[0]
    batch, steps, channels = (int(n) for n in output_shape)
    made = conv2d_transpose(ops.convert_to_tensor(bare(input))[:, None], bare(filters)[None], (batch, 1, steps, channels),
                            (1, int(step)), padding)
    return made[:, 0]


def ctc_loss(labels: Any, logits: Any, label_length: Any, logit_length: Any, logits_time_major: bool = True,
             unique: Any = None, blank_index: int | None = None, name: str | None = None) -> torch.Tensor:
    """-log of the share of all ways that give the labels, sample by sample.

    Args:
        labels: (batch, L), or rows as a SparseTensor, whose blank is then the last class.
        logits: (steps, batch, classes), or (batch, steps, classes) with logits_time_major=False.
        label_length, logit_length: how many labels and steps count; None with a SparseTensor's labels.
        blank_index: the class between labels, the first unless told.
    """
    z = ops.convert_to_tensor(bare(logits))
    z = z if logits_time_major else z.transpose(0, 1)
    rows, blank = labels, int(blank_index or 0)
    if hasattr(labels, "dense_shape"):
        rows = labels.to_dense(-1)
        blank = z.shape[-1] - 1 if blank_index is None else blank
        label_length = (rows >= 0).sum(1)
    y = ops.convert_to_tensor(rows).long().clamp(min=0)
    lengths = (torch.as_tensor(one).long() for one in (logit_length, label_length))
    return F.ctc_loss(z.log_softmax(-1), y, *lengths, blank=blank % z.shape[-1], reduction="none")


def read_as(paths: list[torch.Tensor]) -> list[SparseTensor]:
    """Labels filled up with -1, as rows of different lengths."""
    found = []
    for rows in paths:
        places = (rows >= 0).nonzero()
        found.append(SparseTensor(places, rows[tuple(places.T)], list(rows.shape)))
    return found


def ctc_greedy_decoder(inputs: Any, sequence_length: Any, merge_repeated: bool = True,
                       blank_index: int | None = None) -> tuple[list[SparseTensor], torch.Tensor]:
    """The likeliest class of each step as labels (the last class is the blank), and minus the sum of their scores."""
    z = ops.convert_to_tensor(bare(inputs)).transpose(0, 1)  # (batch, steps, classes)
    steps = torch.as_tensor(sequence_length).reshape(-1)
    blank = (z.shape[-1] - 1) if blank_index is None else int(blank_index) % z.shape[-1]
    rows, scores = [], []
    for scored, length in zip(z, steps.tolist(), strict=True):
        best = scored[:length].max(-1)
        way = best.indices.tolist()
        rows.append([k for n, k in enumerate(way) if k != blank and (not merge_repeated or not n or way[n - 1] != k)])
        scores.append(-best.values.sum())
    made = torch.full((len(rows), max(map(len, rows), default=0)), -1, dtype=torch.int64)
    for row, labels in zip(made, rows, strict=True):
        row[: len(labels)] = torch.tensor(labels, dtype=torch.int64)
    return read_as([made]), torch.stack(scores)[:, None]


def ctc_beam_search_decoder(inputs: Any, sequence_length: Any, beam_width: int = 100,
                            top_paths: int = 1) -> tuple[list[SparseTensor], torch.Tensor]:
    """The likeliest labellings of steps (steps, batch, classes) with the last class as the blank, and their logarithms."""
    shares = ops.convert_to_tensor(bare(inputs)).transpose(0, 1).softmax(-1)
    paths, logs = backend.ctc_decode(shares, sequence_length, False, int(beam_width), int(top_paths))
    return read_as(paths), logs
