"""Tracing: a `call` of the user's own is tried out on symbols; what a graph cannot say is noticed here.

    with tracing(model) as trace:
        outputs = model.call(symbols)           layers and functions of nabi.ops make nodes
    trace.nodes                                 those nodes, so that a trace that failed can be taken back
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from nabi.core.errors import NabiError
from nabi.layers import names


class NoGraph(NabiError):
    """Raised inside a trace: the `call` does what no graph can say."""


class Trace:
    """One trial of a `call` on symbols.

    Args:
        model: whose call it is.
        training: the mode that it was called with.

    Attributes:
        nodes: the nodes that were made, in order.
    """

    def __init__(self, model: Any, training: bool):
        self.model, self.training = model, training
        self.nodes: list = []
        self.numbers = dict(names._numbers)

    def take_back(self) -> None:
        """Removes the nodes from their layers, and lets the names that they took be given again."""
        for node in self.nodes:
            node.layer.nodes.remove(node)
        names.reset_names()
        names._numbers.update(self.numbers)


TRACE: ContextVar[Trace | None] = ContextVar("nabi_trace", default=None)


@contextmanager
def tracing(model: Any, training: bool = False) -> Iterator[Trace]:
    """Within the block calls on symbols belong to a trace."""
    trace = Trace(model, training)
    token = TRACE.set(trace)
    try:
        yield trace
    finally:
        TRACE.reset(token)


def leave_graph(what: str) -> None:
    """Ends a trace, if one is running: `what` cannot be kept in a graph."""
    if TRACE.get() is not None:
        raise NoGraph("call on symbols", "layers and functions of nabi.ops", what)


def note(node: Any) -> None:
    """Tells a running trace of a new node."""
    trace = TRACE.get()
    if trace is not None:
        trace.nodes.append(node)


def mode_of(training: bool | None, layer: Any) -> bool | None:
    """The mode that a layer called on symbols is held to, None for that of the model around it.

    In a trace a mode that is the trial's own is the model's; another one is for good.
    """
    trace = TRACE.get()
    return None if training is None or (trace is not None and training == trace.training) else bool(training)
