"""Dense layers: every input times its weight, summed: z_j = sum over i of x_i W[i, j] + b[j]; one table row for each input."""

import numpy as np

from nabi.layers import Dense, Embedding
from nabi.trace.kinds.convolution import bias_of
from nabi.trace.kinds.functions import through
from nabi.trace.kinds.sums import summed
from nabi.trace.seen import Seen
from nabi.trace.step import Line, Reads, Told
from nabi.trace.telling import Places, anywhere, read_by, rule


@rule(Dense)
def of_dense(layer: Dense, seen: Seen, place: tuple[int, ...], output: int = 0) -> Told:
    """A vector times a column of weights."""
    *at, unit = place
    x = seen.one[tuple(at)]
    places = np.column_stack([*(np.full(len(x), i) for i in at), np.arange(len(x))])
    return summed(layer, seen, place, x, seen.weight("kernel")[:, unit], places, bias_of(layer, seen, unit))


@rule(Embedding)
def of_embedding(layer: Embedding, seen: Seen, place: tuple[int, ...], output: int = 0) -> Told:
    """A row of the table."""
    *at, column = place
    word, table = int(seen.one[tuple(at)]), seen.weight("embeddings")
    value = float(table[word, column])
    lines = (Line("word", "x", "", word), Line("y", "E[word, column]", f"E[{word}, {column}]", value))
    return Told(value, lines, (), {"row": np.array(table[word])}, (Reads(0, np.array([at]), seen.sample),))


@read_by(Dense)
def of_dense_read(layer: Dense, out: Places, shapes: list, output: int = 0) -> list[Places]:
    """The whole vector."""
    return [np.broadcast_to(anywhere(through(layer, out), -1, True), shapes[0])]


@read_by(Embedding)
def of_embedding_read(layer: Embedding, out: Places, shapes: list, output: int = 0) -> list[Places]:
    """The word."""
    return [anywhere(out, -1)]
