"""Protos: `tf.train.Example` and its parts, which records of TensorFlow hold: named lists of bytes, floats or whole numbers.

    Example {1: Features {1: entry {1: name, 2: Feature {1: bytes list | 2: float list | 3: int64 list}}, ...}}

Written and read by hand, in protocol buffers' wire format: (field << 3 | kind), then a varint (0), 8 bytes (1), a length and so
many bytes (2) or 4 bytes (5). What does not fit its length is refused.
Source: developers.google.com/protocol-buffers, "Encoding"; tensorflow/core/example/feature.proto.
"""

import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from nabi.core.errors import FileError
from nabi.data.strings import Strings

__all__ = ["BytesList", "Example", "Feature", "Features", "FloatList", "Int64List"]
WHERE = "tf.train.Example"


def varint(number: int) -> bytes:
    """A whole number in pieces of 7 bits, the lowest first; a negative one as 64 bits.

    Example:
        >>> varint(300)
        b'\\xac\\x02'
    """
    number, made = number & 0xFFFFFFFFFFFFFFFF, bytearray()
    while number > 0x7F:
        made.append(number & 0x7F | 0x80)
        number >>= 7
    made.append(number)
    return bytes(made)


def field(number: int, data: bytes) -> bytes:
    """A field that is bytes."""
    return varint(number << 3 | 2) + varint(len(data)) + data


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """A whole number, and the place behind it.

    Raises FileError where the bytes end first.
    """
    number = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            break
        byte, at = data[at], at + 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number & 0xFFFFFFFFFFFFFFFF, at
    raise FileError(WHERE, "a whole number of at most 10 bytes", "bytes that end, or go on")


def fields(data: bytes) -> Iterator[tuple[int, int, Any]]:
    """(number, kind, value) of each field: a number for varints, bytes for all else.

    Raises FileError for bytes that are no message.
    """
    at = 0
    while at < len(data):
        key, at = read_varint(data, at)
        number, kind = key >> 3, key & 7
        if kind == 0 and number:
            value, at = read_varint(data, at)
            yield number, kind, value
            continue
        if kind == 2:
            size, at = read_varint(data, at)
        elif kind in (1, 5) and number:
            size = 8 if kind == 1 else 4
        else:
            raise FileError(WHERE, "numbered fields of kinds 0, 1, 2 and 5", f"number {number}, kind {kind}", "It is no example.")
        if number == 0 or size > len(data) - at:
            raise FileError(WHERE, "fields that end within the message", f"{size} bytes of {len(data) - at}")
        yield number, kind, data[at : at + size]
        at += size


class Values:
    """A list of values of one kind.

    Args:
        value: the values.
    """

    def __init__(self, value: Iterable[Any] = ()):
        self.value = [self.one(part) for part in value]

    def one(self, part: Any) -> Any:
        """A value in its kind."""
        return part

    def __repr__(self) -> str:
        return "".join(f"value: {part!r}\n" for part in self.value)


class BytesList(Values):
    """Bytes; texts become UTF-8."""

    def one(self, part):
        return Strings(part).numpy()

    def encoded(self) -> bytes:
        """The message."""
        return b"".join(field(1, self.one(part)) for part in self.value)

    @classmethod
    def decoded(cls, data: bytes) -> "BytesList":
        """Of a message."""
        return cls(value for number, kind, value in fields(data) if (number, kind) == (1, 2))


class FloatList(Values):
    """Numbers, kept as float32."""

    def one(self, part):
        return float(np.float32(part))

    def encoded(self) -> bytes:
        """The message, packed."""
        return field(1, np.asarray(self.value, "<f4").tobytes()) if self.value else b""

    @classmethod
    def decoded(cls, data: bytes) -> "FloatList":
        """Of a message, packed or not."""
        made = cls()
        for number, kind, value in fields(data):
            if number == 1 and kind in (2, 5):
                if len(value) % 4:
                    raise FileError(WHERE, "float32 numbers of 4 bytes", f"{len(value)} bytes")
                made.value += np.frombuffer(value, "<f4").tolist()
        return made


class Int64List(Values):
    """Whole numbers."""

    def one(self, part):
        return int(part)

    def encoded(self) -> bytes:
        """The message, packed."""
        return field(1, b"".join(varint(int(part)) for part in self.value)) if self.value else b""

    @classmethod
    def decoded(cls, data: bytes) -> "Int64List":
        """Of a message, packed or not."""
        made = cls()
        for number, kind, value in fields(data):
            if number == 1 and kind == 0:
                made.value.append(signed(value))
            elif number == 1 and kind == 2:
                at = 0
                while at < len(value):
                    found, at = read_varint(value, at)
                    made.value.append(signed(found))
        return made


def signed(number: int) -> int:
    """64 bits as a number that may be negative."""
    return struct.unpack("<q", struct.pack("<Q", number))[0]


KINDS: dict[str, tuple[int, type]] = {"bytes_list": (1, BytesList), "float_list": (2, FloatList), "int64_list": (3, Int64List)}


class Feature:
    """One of the three lists.

    Args:
        bytes_list, float_list, int64_list: the one that it is; the others are empty.
    """

    def __init__(self, bytes_list: Any = None, float_list: Any = None, int64_list: Any = None):
        self.bytes_list, self.float_list = bytes_list or BytesList(), float_list or FloatList()
        self.int64_list = int64_list or Int64List()
        given = {"bytes_list": bytes_list, "float_list": float_list, "int64_list": int64_list}
        self.kind = next((name for name, part in given.items() if part is not None), None)

    def WhichOneof(self, oneof_group: str = "kind") -> str | None:
        """The name of the list that it is."""
        return self.kind or next((name for name in KINDS if getattr(self, name).value), None)

    def encoded(self) -> bytes:
        """The message."""
        name = self.WhichOneof()
        return b"" if name is None else field(KINDS[name][0], getattr(self, name).encoded())

    @classmethod
    def decoded(cls, data: bytes) -> "Feature":
        """Of a message."""
        found = {name: kind.decoded(value) for number, wire, value in fields(data) for name, (place, kind) in KINDS.items()
                 if (number, wire) == (place, 2)}
        return cls(**dict(list(found.items())[-1:]))

    def __repr__(self) -> str:
        name = self.WhichOneof()
        inside = "" if name is None else "".join(f"  {line}\n" for line in repr(getattr(self, name)).splitlines())
        return f"{name} {{\n{inside}}}\n"


class Features:
    """Features by name.

    Args:
        feature: {name: Feature}.
    """

    def __init__(self, feature: dict[str, Feature] | None = None):
        self.feature: defaultdict[str, Feature] = defaultdict(Feature, feature or {})


class Example:
    """What a record holds: features by name.

    Args:
        features: `Features`.

    Example:
        >>> one = Example(Features({"label": Feature(int64_list=Int64List([3]))}))
        >>> Example.FromString(one.SerializeToString()).features.feature["label"].int64_list.value
        [3]
    """

    def __init__(self, features: Features | None = None):
        self.features = Features() if features is None else features

    def SerializeToString(self, deterministic: Any = None) -> bytes:
        """The message."""
        entries = (field(1, name.encode()) + field(2, part.encoded()) for name, part in sorted(self.features.feature.items()))
        return field(1, b"".join(field(1, entry) for entry in entries))

    def ParseFromString(self, serialized: Any) -> int:
        """Reads a message; gives its length. Raises FileError for bytes that are none."""
        data, found = Strings(serialized).numpy(), {}
        for number, kind, features in fields(data):
            for place, wire, entry in fields(features) if (number, kind) == (1, 2) else ():
                if (place, wire) == (1, 2):
                    parts = {part: value for part, sort, value in fields(entry) if sort == 2}
                    found[parts.get(1, b"").decode("utf-8", "replace")] = Feature.decoded(parts.get(2, b""))
        self.features = Features(found)
        return len(data)

    MergeFromString = ParseFromString

    @classmethod
    def FromString(cls, serialized: Any) -> "Example":
        """The example of a message."""
        made = cls()
        made.ParseFromString(serialized)
        return made

    def __repr__(self) -> str:
        inside = "".join(f'  feature {{\n    key: "{name}"\n    value {{\n'
                         + "".join(f"      {line}\n" for line in repr(part).splitlines()) + "    }\n  }\n"
                         for name, part in sorted(self.features.feature.items()))
        return f"features {{\n{inside}}}\n"
