"""Summaries: `tf.summary`: writers that write nothing; `keras.callbacks.TensorBoard` writes event files."""

from typing import Any

from nabi.as_keras.notes import note
from nabi.as_keras.tensorflow.tensors import Block

__all__ = ["FileWriter", "create_file_writer", "histogram", "image", "graph", "merge_all", "record_if", "scalar",
           "should_record_summaries", "text", "trace_export", "trace_off", "trace_on"]


class Writer(Block):
    """A block in which numbers are named; they are not written."""

    def as_default(self, step: Any = None) -> "Writer":
        """Itself, for `with`."""
        return self

    def add_summary(self, *values: Any) -> None:
        """Not written."""

    def add_graph(self, *values: Any) -> None:
        """A graph is not written either."""

    def flush(self) -> None:
        """There is nothing to flush."""

    def close(self) -> None:
        """There is nothing to close."""


def create_file_writer(logdir: Any, **options: Any) -> Writer:
    """A writer that writes nothing, and says so once."""
    note("tf.summary", "tf.summary writes nothing here; callbacks.TensorBoard writes event files.")
    return Writer(logdir)


FileWriter = create_file_writer


def scalar(name: str, data: Any, step: Any = None, description: Any = None) -> None:
    """A number under a name: it is not written."""


histogram = image = text = scalar


def merge_all(*values: Any, **options: Any) -> None:
    """No graph of summaries."""


trace_on = trace_off = trace_export = graph = merge_all


def should_record_summaries() -> bool:
    """False: none are written."""
    return False


def record_if(condition: Any) -> Block:
    """A block in which none are written either."""
    return Block(condition)
