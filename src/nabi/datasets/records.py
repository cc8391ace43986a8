"""Records: Python's pickle format read as plain data: numbers, texts, lists, dicts and NumPy arrays, and nothing else.

    bytes -> a stack of values -> the value on top        an instruction that would import or call anything else is an error

Keras' imdb.npz and reuters.npz hold lists of different lengths, the python version of CIFAR its batches, in this format.
Python's own reader runs what a file asks for; this one knows the dozen instructions that plain data need, and no other.
Source: CPython's Lib/pickletools.py, which describes every instruction.
"""

import io
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from nabi.core.errors import DataError, FileError

REBUILD = {f"{home}.multiarray._reconstruct" for home in ("numpy.core", "numpy._core")}
SCALAR = {f"{home}.multiarray.scalar" for home in ("numpy.core", "numpy._core")}
BUFFER = {f"{home}.numeric._frombuffer" for home in ("numpy.core", "numpy._core")}
NAMES = REBUILD | SCALAR | BUFFER | {"numpy.ndarray", "numpy.dtype", "_codecs.encode"}
LARGEST = 2**30  # bytes of one array
REFUSED = "It is damaged, or made to run code: nothing of it was run. Fetch it again."


class Mark:
    """Where a list, tuple or dict begins on the stack."""


class Name(str):
    """Something that the file names: "numpy.dtype"."""


class Array:
    """A NumPy array whose content follows.

    Attributes:
        made: the array, once it is there.
    """

    made: Any = None


def read(content: bytes, where: str = "records") -> Any:
    """The value that a pickle holds; texts of Python 2 are bytes.

    Example:
        >>> read(b"\\x80\\x02]q\\x00(K\\x01K\\x02e.")
        [1, 2]

    Raises FileError for anything but plain data.
    """
    try:
        return resolved(Reader(content).run())
    except (IndexError, KeyError, TypeError, ValueError, AttributeError, struct.error, UnicodeDecodeError) as error:
        got = f"{type(error).__name__}: {error}"
        raise FileError(where, "plain data: numbers, texts, lists and arrays", got, REFUSED) from None


def resolved(value: Any) -> Any:
    """A value with arrays in their places."""
    if isinstance(value, Array):
        return value.made
    if isinstance(value, dict):
        return {key: resolved(part) for key, part in value.items()}
    return value


class Reader:
    """A pass over the instructions of a file.

    Args:
        content: the whole file.
    """

    def __init__(self, content: bytes):
        self.content, self.place = content, 0
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}

    def take(self, count: int) -> bytes:
        """The next bytes."""
        if count < 0 or self.place + count > len(self.content):
            raise DataError("record", "plain data", "it ends too early")
        self.place += count
        return self.content[self.place - count : self.place]

    def number(self, code: str) -> int:
        """The next number, as `struct` writes it."""
        return struct.unpack(code, self.take(struct.calcsize(code)))[0]

    def line(self) -> str:
        """The bytes up to the end of the line."""
        end = self.content.index(b"\n", self.place)
        return self.take(end + 1 - self.place)[:-1].decode("latin1")

    def since_mark(self) -> list:
        """What lies above the last mark, which goes with it."""
        place = len(self.stack) - 1
        while self.stack[place] is not Mark:
            place -= 1
            if place < 0:
                raise DataError("record", "plain data", "a list without a beginning")
        found = self.stack[place + 1 :]
        del self.stack[place:]
        return found

    def run(self) -> Any:
        """Carries out the instructions; the value on top when the file says stop."""
        while True:
            self.whole_numbers()
            code = chr(self.take(1)[0])
            if code == ".":
                return self.stack.pop()
            if code in "KMJGTUBCX\x8a\x96\x8c\x8d\x8eN\x88\x89LIFS])}(\x95\x80" or code == "V":
                self.constant(code)
            elif code in "qr\x94ph\x6ajg":
                self.remember(code)
            else:
                self.combine(code)

    def whole_numbers(self) -> None:
        """The run of small whole numbers that begins here, which nearly all of a file of texts is."""
        content, place, push, end = self.content, self.place, self.stack.append, len(self.content) - 5
        while place < end:
            code = content[place]
            if code == 75:  # K: one byte
                push(content[place + 1])
                place += 2
            elif code == 77:  # M: two bytes
                push(content[place + 1] | content[place + 2] << 8)
                place += 3
            elif code == 74:  # J: four bytes
                push(int.from_bytes(content[place + 1 : place + 5], "little", signed=True))
                place += 5
            else:
                break
        self.place = place

    def constant(self, code: str) -> None:
        """An instruction that puts a value on the stack."""
        sized = {"T": "<i", "U": "<B", "B": "<I", "C": "<B", "X": "<I", "\x8c": "<B", "\x8d": "<Q", "\x8e": "<Q", "\x96": "<Q"}
        if code == "\x80":  # protocol
            self.take(1)
        elif code == "\x95":  # frame
            self.take(8)
        elif code in "KMJG":
            self.stack.append(self.number({"K": "<B", "M": "<H", "J": "<i", "G": ">d"}[code]))
        elif code in sized:
            found = self.take(self.number(sized[code]))
            self.stack.append(found.decode("utf-8", "surrogatepass") if code in "X\x8c\x8d" else found)
        elif code == "\x8a":
            self.stack.append(int.from_bytes(self.take(self.number("<B")), "little", signed=True))
        elif code in "LIFSV":
            self.stack.append(self.written(code, self.line()))
        else:
            self.stack.append({"N": None, "\x88": True, "\x89": False, "(": Mark}[code] if code in "N\x88\x89(" else
                              {"]": list, ")": tuple, "}": dict}[code]())

    def written(self, code: str, text: str) -> Any:
        """A value that stands there in letters, as protocol 0 has them."""
        if code in "LI":
            return {"00": False, "01": True}[text] if code == "I" and text in ("00", "01") else int(text.rstrip("L"))
        if code == "V":
            return text.encode("latin1").decode("raw_unicode_escape")
        return float(text) if code == "F" else text[1:-1].encode("latin1").decode("unicode_escape").encode("latin1")

    def remember(self, code: str) -> None:
        """An instruction that keeps the value on top, or brings one back."""
        if code in "qr\x94p":
            key = len(self.memo) if code == "\x94" else int(self.line()) if code == "p" else self.number(
                "<B" if code == "q" else "<I")
            self.memo[key] = self.stack[-1]
        else:
            key = int(self.line()) if code == "g" else self.number("<B" if code == "h" else "<I")
            self.stack.append(self.memo[key])

    def combine(self, code: str) -> None:
        """An instruction that makes one value of several."""
        stack = self.stack
        if code == "e":
            found = self.since_mark()
            plain(stack[-1], list).extend(found)
        elif code == "a":
            found = stack.pop()
            plain(stack[-1], list).append(found)
        elif code == "u":
            found = self.since_mark()
            plain(stack[-1], dict).update(zip(found[::2], found[1::2], strict=True))
        elif code == "s":
            value, key = stack.pop(), stack.pop()
            plain(stack[-1], dict)[key] = value
        elif code in "lt":
            found = self.since_mark()
            stack.append(found if code == "l" else tuple(found))
        elif code == "d":
            found = self.since_mark()
            stack.append(dict(zip(found[::2], found[1::2], strict=True)))
        elif code in "\x85\x86\x87":
            count = ord(code) - 0x84
            stack[-count:] = [tuple(stack[-count:])]
        elif code == "c":
            stack.append(known(f"{self.line()}.{self.line()}"))
        elif code == "\x93":
            name, home = stack.pop(), stack.pop()
            stack.append(known(f"{home}.{name}"))
        elif code == "R":
            arguments, function = stack.pop(), stack.pop()
            stack.append(called(function, arguments))
        elif code == "b":
            state, thing = stack.pop(), stack.pop()
            stack.append(filled(thing, state))
        else:
            raise DataError("record", "plain data", f"the instruction {code!r}")


def plain(value: Any, kind: type) -> Any:
    """A list or dict, or an error."""
    if type(value) is not kind:
        raise DataError("record", "plain data", f"a {type(value).__name__} where a {kind.__name__} belongs")
    return value


def known(name: str) -> Name:
    """A name that stands for NumPy's arrays, or an error."""
    if name not in NAMES:
        raise DataError("record", "plain data", f"it names {name}")
    return Name(name)


def called(function: Any, arguments: Any) -> Any:
    """What a name stands for: an array to come, a dtype, bytes, a number; or an error."""
    if not isinstance(function, Name):
        raise DataError("record", "plain data", "it calls something")
    if function in REBUILD:
        return Array()
    if function == "numpy.dtype":
        kind = np.dtype(arguments[0] if isinstance(arguments[0], str) else arguments[0].decode())
        if kind.kind not in "biufSUO":
            raise DataError("record", "plain data", f"the dtype {kind}")
        return kind
    if function == "_codecs.encode" and arguments[1] == "latin1":
        return arguments[0].encode("latin1")
    if function in BUFFER and not arguments[1].hasobject:
        return np.frombuffer(arguments[0], arguments[1]).reshape(arguments[2], order=arguments[3])
    if function in SCALAR and not arguments[0].hasobject:
        return np.frombuffer(arguments[1], arguments[0], 1)[0].item()
    raise DataError("record", "plain data", f"it calls {function}")


def filled(thing: Any, state: Any) -> Any:
    """An array or a dtype with its content."""
    if isinstance(thing, np.dtype):
        return thing.newbyteorder(state[1].decode() if isinstance(state[1], bytes) else state[1]) if state[1] in (
            "<", ">", b"<", b">") else thing
    if not isinstance(thing, Array):
        raise DataError("record", "plain data", "it fills something")
    _, shape, kind, fortran, content = state
    if not isinstance(kind, np.dtype) or int(np.prod(shape)) * kind.itemsize > LARGEST:
        raise DataError("record", "plain data", f"an array of shape {shape}")
    order = "F" if fortran else "C"
    if kind.hasobject:
        made = np.empty(len(plain(content, list)), object)
        made[:] = [resolved(part) for part in content] if len(content) else []
        thing.made = made.reshape(shape, order=order)
    else:
        thing.made = np.frombuffer(content, kind).reshape(shape, order=order)
    return thing


def read_npz(path: Path) -> dict[str, np.ndarray]:
    """The arrays of an .npz file, those of lists included.

    Raises FileError for a damaged file and for anything but plain data.
    """
    found = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                name = member.filename.removesuffix(".npy")
                if member.file_size > LARGEST:
                    got = f"{name} with {member.file_size:,}"
                    raise FileError(str(path), f"arrays of at most {LARGEST:,} bytes", got, REFUSED)
                file = io.BytesIO(archive.read(member))
                version = np.lib.format.read_magic(file)
                header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
                if header(file)[2].hasobject:
                    found[name] = read(file.read(), f"{path}: {name}")
                else:
                    file.seek(0)
                    found[name] = np.lib.format.read_array(file, allow_pickle=False)
    except (OSError, ValueError, zipfile.BadZipFile, EOFError) as error:
        if isinstance(error, FileError):
            raise
        raise FileError(str(path), "an .npz file of NumPy's", str(error), "Fetch it again.") from None
    return found
