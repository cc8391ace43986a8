"""Structure: elements of a stream: a tensor, or tensors in tuples and dicts; each function goes through all of them.

    (x, {"a": y})   ->   leaves x, y and the form that puts others in their places
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch

from nabi.core.errors import DataError, ShapeError
from nabi.data.batch import shared
from nabi.data.strings import Strings

Leaf = Any  # torch.Tensor or Strings


class TensorSpec(NamedTuple):
    """What a tensor of a stream is like.

    Attributes:
        shape: None where it varies. dtype: torch's, or "string". name: of the tensor.
    """

    shape: Any = None
    dtype: Any = torch.float32
    name: str | None = None


def leaves(element: Any) -> list[Leaf]:
    """The tensors of an element, in order."""
    if isinstance(element, dict):
        return [leaf for key in element for leaf in leaves(element[key])]
    if isinstance(element, (tuple, list)) and not isinstance(element, TensorSpec):
        return [leaf for part in element for leaf in leaves(part)]
    return [] if element is None else [element]


def each(function: Callable, element: Any, *others: Any) -> Any:
    """An element of the same form with function(leaf, ...) for each leaf; `others` have the same form.

    Example:
        >>> each(lambda a, b: a + b, (1, {"z": 2}), (10, {"z": 20}))
        (11, {'z': 22})
    """
    if isinstance(element, dict):
        return {key: each(function, element[key], *(other[key] for other in others)) for key in element}
    if isinstance(element, tuple) and not isinstance(element, TensorSpec):
        return tuple(each(function, *parts) for parts in zip(element, *others, strict=True))
    return None if element is None else function(element, *others)


def as_element(data: Any) -> Any:
    """What a function of the user's gave, with tensors for its leaves; a list is one tensor, as in TensorFlow."""
    if isinstance(data, dict):
        return {key: as_element(part) for key, part in data.items()}
    if isinstance(data, tuple):
        return tuple(as_element(part) for part in data)
    return None if data is None else as_leaf(data)


def as_leaf(data: Any) -> Leaf:
    """Numbers as a tensor on their memory, texts as Strings; Python's own numbers become int32 and float32, as in TensorFlow."""
    if isinstance(data, (torch.Tensor, Strings)) or hasattr(data, "as_numpy_iterator") or hasattr(data, "together"):
        return data  # a window is a stream itself; values of tf.sparse know how to stand together
    if isinstance(data, (str, bytes)):
        return Strings(data)
    if isinstance(data, list) and data and all(isinstance(part, Strings) for part in data):
        return Strings([part.numpy() for part in data])
    if isinstance(data, list) and data and all(isinstance(part, torch.Tensor) for part in data):
        return torch.stack(data)
    try:
        array = np.asarray(data)
    except ValueError:
        raise DataError("Dataset", "entries of one shape", f"a {type(data).__name__} of several shapes",
                        "from_generator takes them one by one; padded_batch makes them equal.") from None
    if array.dtype.kind in "OUS" and all(isinstance(part, (str, bytes)) for part in array.ravel()[:1]):
        return Strings(array)
    if not hasattr(data, "dtype") and array.dtype in (np.float64, np.int64):
        array = array.astype(np.float32 if array.dtype == np.float64 else np.int32)
    elif array.dtype == np.uint16:
        array = array.astype(np.int32)
    return shared(np.ascontiguousarray(array) if array.ndim else array, "Dataset")


def stacked(elements: list) -> Any:
    """Elements of one form and shape as one whose leaves have an axis more, in front."""
    def stack(*parts: Leaf) -> Leaf:
        if hasattr(parts[0], "together"):
            return type(parts[0]).together(parts)
        if isinstance(parts[0], Strings):
            return Strings(np.stack([part.values for part in parts]))
        shapes = {tuple(part.shape) for part in parts}
        if len(shapes) > 1:
            raise ShapeError("Dataset.batch", "elements of one shape", " and ".join(map(str, sorted(shapes)[:3])),
                             "padded_batch fills them up; tf.image.resize makes pictures equal.")
        return torch.stack(parts)

    return each(stack, *elements)


def sliced(element: Any, place: Any) -> Any:
    """Each leaf at a place of its first axis."""
    return each(lambda leaf: leaf[place], element)


def copied(element: Any) -> Any:
    """An element of its own: what is done to it in place (`image /= 255`) leaves the data as they are."""
    return each(lambda leaf: leaf.clone() if isinstance(leaf, torch.Tensor) else leaf, element)


def rows(element: Any) -> int:
    """The length of all leaves' first axis.

    Raises DataError where they differ.
    """
    lengths = [len(leaf) if leaf.ndim else None for leaf in leaves(element)]
    if not lengths or None in lengths or len(set(lengths)) > 1:
        raise DataError("Dataset.from_tensor_slices", "arrays whose first axes have one length", f"lengths {lengths}")
    return lengths[0] or 0


def spec(element: Any, unknown_first: bool = False) -> Any:
    """What an element is like, as TensorSpecs in its form."""
    def one(leaf: Leaf) -> TensorSpec:
        shape = tuple(leaf.shape)
        return TensorSpec((None, *shape[1:]) if unknown_first and shape else shape, leaf.dtype)

    return each(one, element)


def declared(kinds: Any, shapes: Any = None) -> Any:
    """What `from_generator` is told of its elements, as TensorSpecs."""
    if isinstance(kinds, dict):
        return {key: declared(kind, None if shapes is None else shapes[key]) for key, kind in kinds.items()}
    if isinstance(kinds, (tuple, list)) and not isinstance(kinds, TensorSpec):
        return tuple(declared(kind, None if shapes is None else shapes[n]) for n, kind in enumerate(kinds))
    if hasattr(kinds, "shape") and not isinstance(kinds, (type, np.dtype)):
        shapes, name, kinds = kinds.shape, getattr(kinds, "name", None), kinds.dtype
    else:
        name = None
    return TensorSpec(None if shapes is None else tuple(shapes), as_dtype(kinds), name)


def of_specs(specs: Any, word: str) -> Any:
    """The shapes or dtypes of TensorSpecs, in the form of the element: `word` is "shape" or "dtype".

    Example:
        >>> of_specs((TensorSpec((3,)), {"z": TensorSpec(())}), "shape")
        ((3,), {'z': ()})
    """
    if isinstance(specs, TensorSpec):
        return getattr(specs, word)
    if isinstance(specs, dict):
        return {key: of_specs(one, word) for key, one in specs.items()}
    return tuple(of_specs(one, word) for one in specs)


def as_dtype(kind: Any) -> Any:
    """A dtype of torch's, NumPy's or TensorFlow's, or its name, as torch's; "string" for texts; None as it is."""
    if kind is None or isinstance(kind, torch.dtype):
        return kind
    name = getattr(kind, "name", None) or getattr(kind, "__name__", None) or str(kind)
    name = {"str": "string", "bytes": "string", "float": "float32", "int": "int32", "half": "float16"}.get(name, name)
    if name in ("string", "object"):
        return "string"
    found = getattr(torch, name, None)
    if not isinstance(found, torch.dtype):
        raise DataError("Dataset", "a dtype such as 'float32'", repr(kind))
    return found


def typed(data: Any, kinds: Any) -> Any:
    """Data in the form and the dtypes of `kinds`; None leaves both."""
    if kinds is None:
        return as_element(data)
    if isinstance(kinds, dict):
        return {key: typed(data[key], kind) for key, kind in kinds.items()}
    if isinstance(kinds, (tuple, list)) and not isinstance(kinds, TensorSpec):
        return tuple(typed(part, kind) for part, kind in zip(data, kinds, strict=True))
    leaf, kind = as_leaf(data), as_dtype(getattr(kinds, "dtype", kinds))
    return leaf if kind in (None, "string") or isinstance(leaf, Strings) else leaf.to(kind)
