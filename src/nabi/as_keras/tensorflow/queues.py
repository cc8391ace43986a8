"""Queues: `tf.queue`: elements that wait, in a program of one thread.

    q = tf.queue.FIFOQueue(3, [tf.int32, tf.string], shapes=[(), ()])
    q.enqueue([10, b"windy"]);  q.size();  number, weather = q.dequeue()

TensorFlow waits for another thread where a queue is empty or full; here nobody else comes, which is an error.
"""

import bisect
from typing import Any

import torch

from nabi.as_keras.dressing.shapes import Lengths
from nabi.as_keras.tensorflow.tensors import constant, stack
from nabi.core.errors import StateError
from nabi.random import randint

__all__ = ["FIFOQueue", "PriorityQueue", "QueueBase", "RandomShuffleQueue"]


class Ended(StateError, StopIteration):
    """A closed queue has given all it had: `tf.errors.OutOfRangeError`, which is what ends a loop here."""


class QueueBase:
    """First in, first out.

    Args:
        capacity: how many elements it holds.
        dtypes: kinds of an element's parts. shapes, names: theirs; with names an element is a dict.
    """

    def __init__(self, capacity: int, dtypes: Any, shapes: Any = None, names: Any = None, shared_name: Any = None,
                 name: str = "fifo_queue"):
        self.capacity, self.name = int(capacity), name
        self.dtypes = list(dtypes) if isinstance(dtypes, (list, tuple)) else [dtypes]
        self.names = [names] if isinstance(names, str) else names
        self.shapes = [Lengths(shape) for shape in shapes] if isinstance(shapes, list) else shapes
        self.waiting: list[list[Any]] = []
        self.closed = False

    def parts(self, vals: Any) -> list[Any]:
        """The parts of an element, or of many, as tensors."""
        given = [vals[name] for name in self.names] if self.names else vals
        given = list(given) if len(self.dtypes) > 1 or (isinstance(given, (list, tuple)) and len(given) == 1) else [given]
        return [constant(value, dtype=kind) for value, kind in zip(given, self.dtypes, strict=True)]

    def put(self, parts: list[Any]) -> None:
        """Adds an element.

        Raises StateError where it is closed or full.
        """
        if self.closed or len(self.waiting) >= self.capacity:
            raise StateError(f"{self.name}.enqueue", f"an open queue of fewer than {self.capacity} elements",
                             f"{len(self.waiting)}{', closed' * self.closed}", "Take some out first, or give it more room.")
        self.waiting.append(parts)

    def take(self) -> list[Any]:
        """The next element.

        Raises Ended where it is closed and empty, as TensorFlow does; StateError where it is empty.
        """
        if not self.waiting and self.closed:
            raise Ended(f"{self.name}.dequeue", "an element", "a queue that is closed and empty")
        if not self.waiting:
            raise StateError(f"{self.name}.dequeue", "an element", "an empty queue", "Ask size() first, or put some in.")
        return self.waiting.pop(0)

    def given(self, parts: list[Any]) -> Any:
        """An element as it is handed out: a dict by names, a list, or its only part."""
        return dict(zip(self.names, parts, strict=True)) if self.names else parts if len(parts) > 1 else parts[0]

    def enqueue(self, vals: Any, name: str | None = None) -> None:
        """Adds an element."""
        self.put(self.parts(vals))

    def enqueue_many(self, vals: Any, name: str | None = None) -> None:
        """Adds elements: those of the parts' first axis."""
        for parts in zip(*self.parts(vals), strict=True):
            self.put(list(parts))

    def dequeue(self, name: str | None = None) -> Any:
        """Takes the next element out."""
        return self.given(self.take())

    def dequeue_many(self, n: Any, name: str | None = None) -> Any:
        """Takes n elements out, one behind the other along a new first axis."""
        rows = [self.take() for _ in range(int(n))]
        return self.given([stack(list(parts)) for parts in zip(*rows, strict=True)])

    def dequeue_up_to(self, n: Any, name: str | None = None) -> Any:
        """n elements, or those that are left."""
        return self.dequeue_many(min(int(n), len(self.waiting)) or 1)

    def size(self, name: str | None = None) -> torch.Tensor:
        """How many wait."""
        return constant(len(self.waiting), dtype="int32")

    def close(self, cancel_pending_enqueues: bool = False, name: str | None = None) -> None:
        """No element is added from now on."""
        self.closed = True

    def is_closed(self, name: str | None = None) -> torch.Tensor:
        """Whether it is closed."""
        return constant(self.closed)


FIFOQueue = QueueBase


class PriorityQueue(QueueBase):
    """The smallest first: the first part of an element is a whole number, its place in the order.

    Args:
        capacity, types, shapes, names: of the other parts.
    """

    def __init__(self, capacity: int, types: Any, shapes: Any = None, names: Any = None, shared_name: Any = None,
                 name: str = "priority_queue"):
        super().__init__(capacity, ["int64", *(types if isinstance(types, (list, tuple)) else [types])], None, names, None, name)

    def put(self, parts: list[Any]) -> None:
        super().put(parts)
        bisect.insort(self.waiting, self.waiting.pop(), key=lambda row: int(row[0]))


class RandomShuffleQueue(QueueBase):
    """Any of those that wait.

    Args:
        capacity, dtypes, shapes, names: as of FIFOQueue. min_after_dequeue: has no meaning for one thread.
    """

    def __init__(self, capacity: int, min_after_dequeue: int, dtypes: Any, shapes: Any = None, names: Any = None,
                 seed: Any = None, shared_name: Any = None, name: str = "random_shuffle_queue"):
        super().__init__(capacity, dtypes, shapes, names, None, name)
        self.seed = seed

    def take(self) -> list[Any]:
        if len(self.waiting) > 1:
            self.waiting.insert(0, self.waiting.pop(int(randint((), 0, len(self.waiting), seed=self.seed))))
        return super().take()
