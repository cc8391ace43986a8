"""Summaries: `tf.summary` and TensorFlow 1's `tf.Summary`: numbers, histograms and pictures in files that TensorBoard reads.

    writer = tf.summary.create_file_writer("logs")           writer = tf.summary.FileWriter("logs")
    with writer.as_default():                                summary = tf.Summary()
        tf.summary.scalar("loss", loss, step=epoch)          summary.value.add(tag="loss", simple_value=loss)
                                                             writer.add_summary(summary, epoch)

Source: TensorFlow 2, summary_ops_v2.py; TensorFlow 1, summary/writer/writer.py, summary.proto. Texts and graphs are not written.
"""

from typing import Any

import numpy as np

from nabi.as_keras.tensorflow.tensors import Block
from nabi.callbacks import summaries as written
from nabi.callbacks.event_file import EventFile, new_name
from nabi.core.symbolic import Symbolic

__all__ = ["FileWriter", "Summary", "SummaryWriter", "create_file_writer", "flush", "graph", "histogram", "image", "merge_all",
           "record_if", "scalar", "should_record_summaries", "text", "trace_export", "trace_off", "trace_on"]


class Value:
    """A value of a summary: a tag, and a number or a picture.

    Args:
        tag, simple_value, image, histo, node_name: as in summary.proto.
    """

    def __init__(self, tag: str = "", simple_value: Any = None, image: Any = None, histo: Any = None, node_name: str = ""):
        self.tag, self.simple_value, self.image, self.histo, self.node_name = tag, simple_value, image, histo, node_name

    def encoded(self) -> bytes:
        """As protocol buffers have it; b"" where nothing of it is written."""
        if self.simple_value is not None:
            return written.scalar(str(self.tag), float(self.simple_value))
        return b"" if self.image is None else written.value(str(self.tag), written.block(4, self.image.encoded()))


class Picture:
    """A picture of a summary.

    Args:
        encoded_image_string: a file's bytes, PNG or JPEG.
        height, width, colorspace: of it.
    """

    def __init__(self, encoded_image_string: bytes = b"", height: Any = 0, width: Any = 0, colorspace: int = written.COLOUR):
        self.encoded_image_string, self.height, self.width = encoded_image_string, height, width
        self.colorspace = colorspace

    def encoded(self) -> bytes:
        """As protocol buffers have it."""
        sizes = [written.whole(n, int(size)) for n, size in enumerate((self.height, self.width, self.colorspace), 1)]
        return b"".join(sizes) + written.block(4, bytes(self.encoded_image_string))


class Values(list):
    """The values of a summary."""

    def add(self, **options: Any) -> Value:
        """A new one at the end."""
        self.append(Value(**options))
        return self[-1]


class Summary:
    """TensorFlow 1's message: values under their tags.

    Args:
        value: the values.

    Example:
        >>> summary = Summary(value=[Summary.Value(tag="loss", simple_value=0.5)])
        >>> summary.value.add(tag="acc", simple_value=1).tag, len(summary.value)
        ('acc', 2)
    """

    Value, Image = Value, Picture

    def __init__(self, value: Any = ()):
        self.value = Values(value)


class Writer(Block):
    """Writes an event file in a folder, which is begun when something is to be written.

    Args:
        logdir: the folder.
        options: kept; graph, max_queue, flush_millis and filename_suffix have no meaning here.
    """

    open: list["Writer"] = []  # those in whose blocks we are, or that were made the default
    now = 0  # the step of summaries that are given none

    def __init__(self, logdir: Any = "logs", *values: Any, **options: Any):
        super().__init__(logdir)
        self.folder, self.file = logdir, None

    def __enter__(self):
        Writer.open.append(self)
        return self

    def __exit__(self, *failure):
        Writer.open.remove(self)

    def as_default(self, step: Any = None) -> "Writer":
        """Itself, for `with`."""
        set_step(step)
        return self

    def set_as_default(self, step: Any = None) -> None:
        """Takes what is written from now on."""
        set_step(step)
        Writer.open = [self]

    def write(self, step: Any, message: bytes) -> None:
        """Adds a message; none that is empty."""
        if message:
            self.file = self.file or EventFile(str(self.folder), new_name())
            self.file.write(int(Writer.now if step is None else step), message)

    def add_summary(self, summary: Any = None, global_step: Any = None) -> None:
        """Writes the values of a summary; what merged summaries gave is nothing here."""
        for value in getattr(summary, "value", ()):
            self.write(global_step or 0, value.encoded())

    def add_graph(self, *values: Any, **options: Any) -> None:
        """A graph is not written."""

    def flush(self) -> None:
        """Brings everything to the disk."""
        if self.file is not None:
            self.file.flush()

    def close(self) -> None:
        """Ends the file; what is written afterwards begins another."""
        if self.file is not None:
            self.file.close()
        self.file = None


create_file_writer = FileWriter = SummaryWriter = Writer


def set_step(step: Any) -> None:
    """The step of summaries that are given none; None leaves it."""
    Writer.now = Writer.now if step is None else int(step)


def current(data: Any) -> Writer | None:
    """The writer that takes some data; None where there is none, or where data are a symbol."""
    return Writer.open[-1] if Writer.open and not isinstance(data, Symbolic) else None


def numbers(data: Any) -> np.ndarray:
    """Data as an array."""
    return np.asarray(data.detach().cpu() if hasattr(data, "detach") else data)


def scalar(name: str, data: Any = None, step: Any = None, description: Any = None, **options: Any) -> None:
    """Writes a number under a name."""
    writer = current(data)
    if writer is not None:
        writer.write(step, written.scalar(str(name), float(numbers(data))))


def histogram(name: str, data: Any = None, step: Any = None, buckets: Any = None, description: Any = None,
              **options: Any) -> None:
    """Writes how often which numbers occur; in 30 buckets."""
    writer = current(data)
    if writer is not None:
        writer.write(step, written.histogram(str(name), numbers(data)))


def image(name: str, data: Any = None, step: Any = None, max_outputs: int = 3, description: Any = None, **options: Any) -> None:
    """Writes pictures (batch, height, width, channels): bytes, or numbers from 0 to 1."""
    writer = current(data)
    pictures = [] if writer is None else list(numbers(data)[: int(max_outputs)])
    for n, one in enumerate(pictures):
        pixels = one if one.dtype == np.uint8 else (np.clip(one, 0, 1) * 255).astype(np.uint8)
        tag = str(name) if len(pictures) == 1 else f"{name}/image/{n}"
        writer.write(step, written.picture(tag, pixels[..., 0] if pixels.shape[-1] == 1 else pixels[..., :3]))  # type: ignore[union-attr]


def text(name: str, data: Any = None, step: Any = None, description: Any = None, **options: Any) -> None:
    """A text: it is not written."""


def flush(writer: Any = None, name: str | None = None) -> None:
    """Brings what was written to the disk."""
    for one in Writer.open if writer is None else [writer]:
        one.flush()


def merge_all(*values: Any, **options: Any) -> None:
    """No graph of summaries."""


merge = trace_on = trace_off = trace_export = graph = merge_all


def should_record_summaries() -> bool:
    """Whether there is a writer."""
    return bool(Writer.open)


def record_if(condition: Any) -> Block:
    """A block; what is in it is written all the same."""
    return Block(condition)


def writer_of(callback: Any) -> Writer:
    """`callback.writer`: Keras 2's TensorBoard showed the writer of its folder."""
    return callback.__dict__.setdefault("writer", Writer(callback.log_dir))
