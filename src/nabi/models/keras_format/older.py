"""Older: arrays of Keras 1, and of layers for one kind of processor, in the shapes and order of today.

    Keras 1    Conv2D in Theano's order (out, in, rows, columns), Conv1D (length, 1, in, out);
               LSTM and GRU with three arrays a gate, in another order of gates
    Theano     convolved with flipped kernels; files that its backend wrote are flipped back
    CuDNN      two biases a gate, kernels transposed, update and reset gate in another order

    Activation    hard_sigmoid was x/5 + 1/2: `older_hard_sigmoid`

Source: Keras 2.2, engine/saving.py, `preprocess_weights_for_loading`.
"""

from typing import Any

import numpy as np

FLIPPED = ("Conv1D", "Conv2D", "Conv2DTranspose")


def is_older(version: Any) -> bool:
    """Whether a file's keras_version is one of Keras 1 or 2; files without one are."""
    return str(version or "1").partition(".")[0] in ("1", "2")


def meant(config: Any) -> Any:
    """A configuration of Keras 1 or 2 with the names that its activations have here.

    Example:
        >>> meant({"layers": [{"config": {"recurrent_activation": "hard_sigmoid", "units": 2}}]})
        {'layers': [{'config': {'recurrent_activation': 'older_hard_sigmoid', 'units': 2}}]}
    """
    if isinstance(config, list):
        return [meant(part) for part in config]
    if not isinstance(config, dict):
        return config
    return {key: "older_hard_sigmoid" if value == "hard_sigmoid" and str(key).endswith("activation") else meant(value)
            for key, value in config.items()}


def as_now(layer: Any, arrays: list[np.ndarray], version: str, backend: str | None) -> list[np.ndarray]:
    """A layer's arrays as Keras has them now; what needs no change is handed on."""
    kind = type(layer).__name__
    if kind == "Bidirectional" and len(arrays) % 2 == 0:
        half = len(arrays) // 2
        return [
            *as_now(layer.forward_layer, arrays[:half], version, backend),
            *as_now(layer.backward_layer, arrays[half:], version, backend),
        ]
    if kind == "TimeDistributed":
        return as_now(layer.layer, arrays, version, backend)
    if version.split(".")[0] == "1":
        arrays = from_first(kind, arrays, [w.shape for w in layer.weights])
    if backend == "theano" and kind in FLIPPED and arrays:
        arrays = [np.flip(arrays[0], tuple(range(arrays[0].ndim - 2))), *arrays[1:]]
    if kind in ("LSTM", "GRU") and len(arrays) == 3:
        arrays = from_cudnn(kind, arrays, layer)
    return arrays


def from_first(kind: str, arrays: list[np.ndarray], shapes: list[tuple[int, ...]]) -> list[np.ndarray]:
    """Arrays of Keras 1."""
    if kind == "Conv1D" and arrays and arrays[0].ndim == 4:
        kernel = arrays[0]
        if kernel.shape[:2] == (shapes[0][0], 1):
            kernel = kernel[:, 0]
        else:  # (out, in, length, 1)
            kernel = kernel[..., 0].transpose(2, 1, 0)
        return [kernel, *arrays[1:]]
    if kind == "Conv2D" and arrays and arrays[0].shape != shapes[0] and arrays[0].ndim == 4:
        return [arrays[0].transpose(2, 3, 1, 0), *arrays[1:]]
    gates = {("LSTM", 12): (0, 6, 3, 9), ("GRU", 9): (0, 3, 6)}.get((kind, len(arrays)))  # i, f, c, o; z, r, h
    if gates is None:
        return arrays
    return [np.concatenate([arrays[gate + part] for gate in gates], axis=-1) for part in range(3)]


def from_cudnn(kind: str, arrays: list[np.ndarray], layer: Any) -> list[np.ndarray]:
    """Arrays of CuDNNLSTM and CuDNNGRU; others have another length of bias and are handed on."""
    kernel, recurrent, bias = arrays
    units, gates = recurrent.shape[0], 4 if kind == "LSTM" else 3
    if bias.shape != (2 * gates * units,):
        return arrays

    def turned(array: np.ndarray, square: bool) -> np.ndarray:
        parts = np.split(array, gates, axis=1)
        parts = [p.T if square else p.T.reshape(p.shape, order="C") for p in parts]
        return np.concatenate(parts, axis=1)

    if kind == "LSTM":
        return [turned(kernel, False), turned(recurrent, True), bias.reshape(2, -1).sum(0)]
    return [turned(kernel, False), turned(recurrent, True), bias.reshape(2, -1)]
