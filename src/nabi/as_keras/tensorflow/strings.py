"""Strings: `tf.strings`: texts split, joined, compared and read as numbers."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from nabi.as_keras.layers.hashing import hashed
from nabi.as_keras.tensorflow.ragged import RaggedTensor
from nabi.core.errors import DataError
from nabi.data.strings import Strings
from nabi.data.structure import as_dtype

__all__ = ["as_string", "bytes_split", "format", "join", "length", "lower", "ngrams", "reduce_join", "regex_full_match",
           "regex_replace", "split", "strip", "substr", "to_hash_bucket", "to_hash_bucket_fast", "to_hash_bucket_strong",
           "to_number", "unicode_decode", "unicode_encode", "unicode_split", "upper"]


def of_each(function: Callable[[str], Any], input: Any) -> np.ndarray:
    """function(text) of each text, as an array of objects in the same shape."""
    values: Any = Strings(input).values
    made = np.empty(values.shape, object)
    for place in np.ndindex(values.shape):
        made[place] = function(values[place].decode("utf-8", "surrogateescape"))
    return made


def changed(function: Callable[[str], str], input: Any) -> Strings:
    """Texts that a function makes of texts."""
    return Strings(of_each(lambda text: function(text).encode("utf-8", "surrogateescape"), input))


def split(input: Any, sep: Any = None, maxsplit: int = -1, name: str | None = None) -> Any:
    """The parts of a text; of several texts a list of their parts. Without a sign between them: at blanks."""
    texts, sign = Strings(input), None if sep is None else str(Strings(sep))
    if texts.ndim:
        return RaggedTensor(split(text, sign, maxsplit) for text in texts)
    return Strings(np.array(texts.decode().split(sign or None, maxsplit), dtype=object))


def unicode_split(input: Any, input_encoding: str = "UTF-8", name: str | None = None, **options: Any) -> Any:
    """The letters of a text; of several texts a list of theirs."""
    texts = Strings(input)
    if texts.ndim:
        return RaggedTensor(unicode_split(text) for text in texts)
    return Strings(np.array(list(texts.decode()), dtype=object))


bytes_split = unicode_split


def unicode_decode(input: Any, input_encoding: str = "UTF-8", name: str | None = None, **options: Any) -> Any:
    """The numbers of the letters of a text; of several texts a row of each."""
    texts = Strings(input)
    if texts.ndim:
        return RaggedTensor(unicode_decode(text) for text in texts)
    return torch.tensor([ord(letter) for letter in texts.decode()], dtype=torch.int32)


def unicode_encode(input: Any, output_encoding: str = "UTF-8", name: str | None = None, **options: Any) -> Strings:
    """Texts of numbers of letters."""
    rows = input if isinstance(input, RaggedTensor) or getattr(input, "ndim", 1) > 1 else [input]
    made = ["".join(chr(int(n)) for n in row) for row in rows]
    return Strings(made if rows is input else made[0])


def format(template: str, inputs: Any, placeholder: str = "{}", summarize: int = 3, name: str | None = None) -> Strings:
    """A text with tensors in the places of {}."""
    for one in inputs if isinstance(inputs, (list, tuple)) else [inputs]:
        template = template.replace(placeholder, str(np.asarray(one) if isinstance(one, torch.Tensor) else one), 1)
    return Strings(template)


def to_hash_bucket_fast(input: Any, num_buckets: int, name: str | None = None) -> torch.Tensor:
    """A number below num_buckets that a text always has; this library's own function, not TensorFlow's."""
    return torch.from_numpy(np.asarray(of_each(lambda text: hashed(text, int(num_buckets)), input), np.int64))


to_hash_bucket = to_hash_bucket_strong = to_hash_bucket_fast


def join(inputs: Any, separator: str = "", name: str | None = None) -> Strings:
    """Texts of the same places side by side with a sign between them."""
    arrays: Any = np.broadcast_arrays(*(Strings(part).values for part in inputs))
    made = np.empty(arrays[0].shape, object)
    for place in np.ndindex(made.shape):
        made[place] = str(Strings(separator)).encode().join(array[place] for array in arrays)
    return Strings(made)


def reduce_join(inputs: Any, axis: Any = None, keepdims: bool = False, separator: str = "", name: str | None = None) -> Strings:
    """All texts as one; with an axis those along it."""
    sign = str(Strings(separator)).encode()
    if isinstance(inputs, RaggedTensor):
        return Strings([sign.join(Strings(row).values.ravel()) for row in inputs] if axis is not None else
                       sign.join(Strings(inputs.flat_values).values))
    values: Any = Strings(inputs).values
    if axis is None:
        return Strings(sign.join(values.ravel()))
    rows = np.moveaxis(values, int(axis), -1)
    made = np.empty(rows.shape[:-1], object)
    for place in np.ndindex(made.shape):
        made[place] = sign.join(rows[place])
    return Strings(np.expand_dims(made, int(axis)) if keepdims else made)


def lower(input: Any, encoding: str = "", name: str | None = None) -> Strings:
    """Small letters."""
    return changed(str.lower, input)


def upper(input: Any, encoding: str = "", name: str | None = None) -> Strings:
    """Capital letters."""
    return changed(str.upper, input)


def strip(input: Any, name: str | None = None) -> Strings:
    """Without blanks at either end."""
    return changed(str.strip, input)


def regex_replace(input: Any, pattern: str, rewrite: str, replace_global: bool = True, name: str | None = None) -> Strings:
    """What matches a pattern, rewritten; backslash and number stand for groups."""
    found, made, most = str(Strings(pattern)), str(Strings(rewrite)), 0 if replace_global else 1
    return changed(lambda text: re.sub(found, made, text, count=most), input)


def regex_full_match(input: Any, pattern: str, name: str | None = None) -> torch.Tensor:
    """Whether a whole text matches a pattern."""
    return torch.from_numpy(of_each(lambda text: re.fullmatch(str(Strings(pattern)), text) is not None, input).astype(bool))


def length(input: Any, unit: str = "BYTE", name: str | None = None) -> torch.Tensor:
    """How long texts are, in bytes or with unit="UTF8_CHAR" in letters."""
    return torch.from_numpy(np.asarray(of_each(lambda text: len(text if unit != "BYTE" else text.encode()), input), np.int32))


def substr(input: Any, pos: int, len: int, unit: str = "BYTE", name: str | None = None) -> Strings:
    """The part of a text from a place on."""
    return Strings(np.asarray(of_each(lambda text: text.encode()[int(pos) : int(pos) + int(len)], input), object))


def to_number(input: Any, out_type: Any = torch.float32, name: str | None = None) -> torch.Tensor:
    """Texts as numbers. Raises DataError for what is none."""
    try:
        found = of_each(float, input).astype(np.float64)
    except ValueError as error:
        raise DataError("tf.strings.to_number", "texts of numbers", str(error)) from None
    return torch.from_numpy(np.asarray(found)).to(as_dtype(out_type))


def as_string(input: Any, precision: int = -1, **kwargs) -> Strings:
    """Numbers as texts, with so many digits behind the point."""
    values = np.asarray(input)
    made = np.empty(values.shape, object)
    for place in np.ndindex(values.shape):
        made[place] = str(values[place]) if precision < 0 else f"{values[place]:.{precision}f}"
    return Strings(made)


def ngrams(data: Any, ngram_width: Any, separator: str = " ", pad_values: Any = None, padding_width: int | None = None,
           preserve_short_sequences: bool = False, name: str | None = None) -> Any:
    """Neighbouring texts of the last axis, joined: all runs of so many.

    Args:
        data: texts (..., n), or rows of different lengths.
        ngram_width: how many stand together; several widths follow one another.
        separator: between them.
        pad_values: a text, or two, put before and behind each row, `padding_width` times (one less than the width unless told).
        preserve_short_sequences: a row shorter than the smallest width gives itself.
    """
    widths = [int(ngram_width)] if np.ndim(ngram_width) == 0 else [int(n) for n in ngram_width]
    if isinstance(data, RaggedTensor):
        return RaggedTensor(ngrams(row, widths, separator, pad_values, padding_width, preserve_short_sequences) for row in data)
    texts = Strings(data)
    if texts.ndim > 1:
        return Strings(np.stack([ngrams(row, widths, separator, pad_values, padding_width, preserve_short_sequences).values
                                 for row in texts]))
    words = [one.decode() for one in texts]
    found = []
    for width in widths:
        row = words
        if pad_values is not None:
            first, last = (pad_values, pad_values) if isinstance(pad_values, (str, bytes)) else pad_values
            times = min(width - 1, width - 1 if padding_width is None else int(padding_width))
            row = [Strings(first).decode()] * times + words + [Strings(last).decode()] * times
        found += [separator.join(row[n : n + width]) for n in range(len(row) - width + 1)]
    if not found and preserve_short_sequences and words:
        found = [separator.join(words)]
    return Strings(np.array(found, object))
