"""Code: a model as a file of Keras or PyTorch that runs without nabi, with its weights beside it: the way out.

model.to_code("keras", "net.py")       net.py, net.weights.h5
model.to_code("torch", "net.py")       net.py, net.npz
"""

import io
import os
from pathlib import Path
from typing import Any

import numpy as np

from nabi.core.errors import ArgumentError, did_you_mean
from nabi.core.files import atomic
from nabi.models.code import torch_more, torch_plain  # noqa: F401  enter their layers
from nabi.models.code.keras_writer import KerasWriter
from nabi.models.code.torch_writer import TorchWriter

__all__ = ["to_code"]

WEIGHTS = {"keras": ".weights.h5", "torch": ".npz"}


def to_code(model: Any, framework: str = "keras", path: Any = None) -> str:
    """The code of a model, which is written to a file with its weights beside it where `path` is given.

    Args:
        model: a model that is built.
        framework: "keras" (Keras 3, any backend) or "torch".
        path: ends in ".py"; None writes nothing.

    Returns: the code. Its `load()` gives the network with its weights.

    Raises:
        FileError: a layer that cannot be written, by name; a path that cannot be written. ArgumentError.
    """
    if framework not in WEIGHTS:
        raise ArgumentError("to_code(framework)", '"keras" or "torch"', repr(framework), did_you_mean(str(framework), WEIGHTS))
    model.require_graph()
    if path is not None and (not isinstance(path, (str, os.PathLike)) or Path(path).suffix != ".py"):
        raise ArgumentError("to_code(path)", 'a name that ends in ".py", or None', repr(path))
    target = None if path is None else Path(path)
    beside = (target or Path(f"{model.name}.py")).with_suffix(WEIGHTS[framework])
    writer = KerasWriter(model) if framework == "keras" else TorchWriter(model)
    code = writer.text(beside.name)
    if target is None:
        return code
    if framework == "keras":
        model.save_weights(beside)
    else:
        buffer = io.BytesIO()
        np.savez(buffer, **writer.state)  # type: ignore[union-attr]
        with atomic(beside) as file:
            file.write(buffer.getvalue())
    with atomic(target) as file:
        file.write(code.encode())
    return code
