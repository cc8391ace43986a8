"""Parsing: `tf.io.parse_single_example` and its like: examples, tensors and lines of tables out of texts.

    form = {"image": tf.io.FixedLenFeature([], tf.string), "label": tf.io.FixedLenFeature([], tf.int64)}
    stream.map(lambda record: tf.io.parse_single_example(record, form))
"""

import csv
import math
from typing import Any

import numpy as np
import torch

from nabi.as_keras.tensorflow.protos import Example, Feature, field, fields, varint
from nabi.core.errors import ArgumentError, DataError
from nabi.data.strings import Strings
from nabi.data.structure import as_dtype

__all__ = ["FixedLenFeature", "FixedLenSequenceFeature", "SparseValues", "VarLenFeature", "decode_csv", "parse_example",
           "parse_single_example", "parse_tensor", "serialize_tensor"]
NUMBERS = {"float32": 1, "float64": 2, "int32": 3, "uint8": 4, "int16": 5, "int8": 6, "string": 7, "int64": 9, "bool": 10,
           "float16": 19}  # of TensorFlow's dtypes


class FixedLenFeature:
    """A feature of one shape.

    Args:
        shape: of it.
        dtype: float32, int64 or string.
        default_value: what stands for one that is missing.
    """

    def __init__(self, shape: Any, dtype: Any, default_value: Any = None):
        self.shape, self.dtype, self.default_value = tuple(shape), as_dtype(dtype), default_value


class VarLenFeature:
    """A feature of any length, which is given as `SparseValues`.

    Args:
        dtype: float32, int64 or string.
    """

    def __init__(self, dtype: Any):
        self.dtype = as_dtype(dtype)


class FixedLenSequenceFeature(FixedLenFeature):
    """A feature whose first axis has any length.

    Args:
        shape: of what follows the first axis.
        dtype, default_value: as of `FixedLenFeature`.
        allow_missing: whether none at all is a length of 0.
    """

    def __init__(self, shape: Any, dtype: Any, allow_missing: bool = False, default_value: Any = None):
        super().__init__(shape, dtype, default_value)
        self.allow_missing = allow_missing


class SparseValues:
    """What `VarLenFeature` gives: values and where they stand.

    Args:
        indices: (N, axes). values: (N,). dense_shape: lengths of the axes.
    """

    def __init__(self, indices: Any, values: Any, dense_shape: Any):
        self.indices, self.values, self.dense_shape = torch.as_tensor(indices), values, torch.as_tensor(dense_shape)

    @classmethod
    def together(cls, parts: Any) -> "SparseValues":
        """Several, with an axis more in front, as long as the longest."""
        places = [torch.cat([torch.full((len(part.values), 1), k), part.indices], 1) for k, part in enumerate(parts)]
        values = Strings(np.concatenate([part.values.values for part in parts])) if isinstance(
            parts[0].values, Strings) else torch.cat([part.values for part in parts])
        shape = torch.stack([part.dense_shape for part in parts]).amax(0)
        return cls(torch.cat(places), values, [len(parts), *shape.tolist()])

    def to_dense(self, default_value: Any = None) -> Any:
        """All places, with 0, "" or `default_value` where there is no value."""
        shape = tuple(self.dense_shape.tolist())
        if isinstance(self.values, Strings):
            made = np.full(shape, Strings(default_value or b"").numpy(), object)
            made[tuple(self.indices.T.numpy())] = self.values.values
            return Strings(made)
        dense = torch.full(shape, 0 if default_value is None else default_value, dtype=self.values.dtype)
        dense[tuple(self.indices.T)] = self.values
        return dense


def values_of(feature: Feature | None, name: str, kind: Any) -> Any:
    """A feature's values as a vector; None for one that is missing.

    Raises DataError for values of another kind.
    """
    said = None if feature is None else feature.WhichOneof()
    if feature is None or said is None:
        return None
    wanted = "bytes_list" if kind == "string" else "float_list" if kind.is_floating_point else "int64_list"
    if said != wanted:
        raise DataError(f"tf.io.parse_single_example, feature {name!r}", f"{wanted}, as {kind} is kept", said,
                        "Ask for the dtype that was written.")
    values = getattr(feature, said).value
    return Strings(np.array(values, object)) if kind == "string" else torch.tensor(values, dtype=kind)


def parsed(serialized: Any, features: dict[str, Any]) -> dict[str, Any]:
    """The features of one example in the form of the caller's dict."""
    found, made = Example.FromString(serialized).features.feature, {}
    for name, form in features.items():
        values = values_of(found.get(name), name, form.dtype)
        if isinstance(form, VarLenFeature):
            values = empty(form.dtype) if values is None else values
            made[name] = SparseValues(torch.arange(len(values))[:, None], values, [len(values)])
            continue
        sequence = isinstance(form, FixedLenSequenceFeature)
        if values is None and form.default_value is None and not (sequence and form.allow_missing):
            raise DataError("tf.io.parse_single_example", f"a feature {name!r}", f"{', '.join(sorted(found)) or 'none'}",
                            "Give it a default_value, or ask for a name that was written.")
        if values is None:
            values = empty(form.dtype) if form.default_value is None else like(form.default_value, form.dtype, form.shape)
        size, count = math.prod(form.shape), len(values)
        if count % size if sequence and size else count != size:
            raise DataError(f"tf.io.parse_single_example, feature {name!r}", f"{size} values, for shape {form.shape}", count,
                            "tf.io.VarLenFeature takes any number of them.")
        shape = (count // max(size, 1), *form.shape) if sequence else form.shape
        made[name] = Strings(values.values.reshape(shape)) if isinstance(values, Strings) else values.reshape(shape)
    return made


def empty(kind: Any) -> Any:
    """No values."""
    return Strings(np.array([], object)) if kind == "string" else torch.zeros(0, dtype=kind)


def like(value: Any, kind: Any, shape: tuple) -> Any:
    """A default value, in all places of a shape."""
    if kind == "string":
        return Strings(np.broadcast_to(np.asarray(value, object), shape).ravel())
    return torch.as_tensor(value, dtype=kind).expand(shape).reshape(-1)


def parse_single_example(serialized: Any, features: dict[str, Any], example_names: Any = None,
                         name: Any = None) -> dict[str, Any]:
    """The features of an example: tensors by name.

    Raises DataError for features that are missing or of another kind or number; FileError for bytes that are no example.
    """
    return parsed(serialized, features)


def parse_example(serialized: Any, features: dict[str, Any], example_names: Any = None, name: Any = None) -> dict[str, Any]:
    """The features of several examples, each with an axis more in front. Raises as `parse_single_example`."""
    if not np.ndim(serialized):
        return parsed(serialized, features)
    return together([parsed(one, features) for one in serialized])


def together(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Features of several examples behind each other."""
    made = {}
    for name, first in rows[0].items():
        parts = [row[name] for row in rows]
        if isinstance(first, SparseValues):
            made[name] = SparseValues.together(parts)
        else:
            made[name] = Strings(np.stack([part.values for part in parts])) if isinstance(first, Strings) else torch.stack(parts)
    return made


def serialize_tensor(tensor: Any, name: Any = None) -> Strings:
    """A tensor as bytes: TensorFlow's TensorProto."""
    value = tensor if isinstance(tensor, (Strings, torch.Tensor)) else torch.as_tensor(np.asarray(tensor))
    kind = "string" if isinstance(value, Strings) else str(value.dtype).removeprefix("torch.")
    shape = b"".join(field(2, varint(1 << 3) + varint(int(size))) for size in value.shape)
    if isinstance(value, Strings):
        content = b"".join(field(8, text) for text in value.values.ravel())
    else:
        content = field(4, value.detach().cpu().numpy().tobytes())
    return Strings(varint(1 << 3) + varint(NUMBERS[kind]) + field(2, shape) + content)


def parse_tensor(serialized: Any, out_type: Any, name: Any = None) -> Any:
    """The tensor of `serialize_tensor`'s bytes.

    Raises DataError for another dtype, or numbers that do not fill the shape.
    """
    kind, sizes, content, texts = None, [], b"", []
    for number, _, value in fields(Strings(serialized).numpy()):
        if number == 1:
            kind = next((word for word, code in NUMBERS.items() if code == value), f"number {value}")
        elif number == 2:
            sizes = [size for part, _, inner in fields(value) if part == 2 for place, _, size in fields(inner) if place == 1]
        elif number == 4:
            content = value
        elif number == 8:
            texts.append(value)
    wanted = str(as_dtype(out_type)).removeprefix("torch.")
    if kind != wanted:
        raise DataError("tf.io.parse_tensor(out_type)", f"{kind}, as it was written", wanted)
    width = 1 if kind == "string" else np.dtype(kind).itemsize
    if math.prod(sizes) * width != (len(texts) if kind == "string" else len(content)):
        raise DataError("tf.io.parse_tensor", f"numbers for shape {tuple(sizes)}", f"{len(content) or len(texts)} bytes or texts")
    if kind == "string":
        return Strings(np.array(texts, object).reshape(sizes))
    return torch.from_numpy(np.frombuffer(content, np.dtype(kind).newbyteorder("<")).astype(kind).reshape(sizes))


# Tables ------------------------------------------------------------------------------------------------------------------------


def default_of(given: Any) -> tuple[Any, Any]:
    """(dtype, default) of an entry of record_defaults: a dtype alone means that a value must be there."""
    if isinstance(given, (torch.dtype, type, np.dtype)):
        return as_dtype(given), None
    value = given.values.ravel() if isinstance(given, Strings) else np.asarray(given).ravel()
    if isinstance(given, torch.Tensor):
        kind = given.dtype
    else:
        kind = {"f": torch.float32, "i": torch.int32, "b": torch.int32}.get(value.dtype.kind, "string")
        kind = kind if not hasattr(given, "dtype") else as_dtype(given.dtype) if kind != "string" else kind
    return kind, value[0].item() if len(value) and hasattr(value[0], "item") else value[0] if len(value) else None


def cell(text: str, kind: Any, default: Any, na_value: str, where: str) -> Any:
    """A cell's number or text.

    Raises DataError for one that is missing without a default, or no number.
    """
    if text == "" or text == na_value:
        if default is None:
            raise DataError(where, "a value, since there is no default", repr(text), "Defaults are [0.0], [0] or [''].")
        return default
    if kind == "string":
        return text
    try:
        value = float(text) if kind.is_floating_point else int(text)
    except ValueError:
        value = None
    if value is None or isinstance(value, int) and not torch.iinfo(kind).min <= value <= torch.iinfo(kind).max:
        raise DataError(where, f"a number of {kind}", repr(text))
    return value


def rows_of(lines: Any, delimiter: str, quotes: bool) -> Any:
    """The cells of lines of texts."""
    return csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE)


def column(cells: list, kind: Any) -> Any:
    """Cells as one tensor or texts."""
    if kind == "string":
        return Strings(np.array([Strings(one).numpy() for one in cells], object))
    return torch.tensor(cells, dtype=kind)


def decode_csv(records: Any, record_defaults: Any, field_delim: str = ",", use_quote_delim: bool = True, name: Any = None,
               na_value: str = "", select_cols: Any = None) -> list:
    """The columns of a line of a table, or of several lines: a list of tensors.

    Args:
        records: a line, or a vector of lines.
        record_defaults: a value in a list for each column, whose dtype is the column's; a dtype alone where it must be there.
        field_delim, use_quote_delim: what parts the cells.
        na_value: what stands for a missing value, besides nothing.
        select_cols: numbers of the columns to give.

    Raises ArgumentError for another number of columns; DataError.
    """
    texts = Strings(records)
    lines = [text.decode("utf-8", "replace") for text in texts.values.ravel()]
    forms, found = [default_of(given) for given in record_defaults], []
    for line, cells in zip(lines, rows_of(lines, field_delim, use_quote_delim), strict=True):
        chosen = cells if select_cols is None else [cells[k] for k in select_cols if k < len(cells)]
        if len(chosen) != len(forms):
            raise ArgumentError("tf.io.decode_csv(record_defaults)", f"{len(chosen)} columns, as in {line[:60]!r}", len(forms))
        found.append([cell(text, *form, na_value, f"tf.io.decode_csv, {line[:60]!r}")
                      for text, form in zip(chosen, forms, strict=True)])
    columns = [column([row[k] for row in found], form[0]) for k, form in enumerate(forms)]
    return [one[0] for one in columns] if not texts.ndim else columns
