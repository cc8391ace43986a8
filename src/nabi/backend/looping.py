"""Looping: step by step over sequences and lists, as Keras' backend names it; on tensors.

    last, outputs, states = rnn(step, x, [h0])         outputs_t, states_t = step(x_t, states_(t-1))

Source: keras/backend/tensorflow_backend.py of Keras 2.
"""

from collections.abc import Callable
from typing import Any

import torch


def rnn(step_function: Callable, inputs: Any, initial_states: Any, go_backwards: bool = False, mask: Any = None,
        constants: Any = None, unroll: bool = False, input_length: int | None = None, **more: Any) -> tuple[Any, Any, list]:
    """What a step makes of a sequence (batch, steps, ...): (last output, outputs, last states).

    Args:
        step_function: (x_t, states + constants) -> (output_t, states).
        initial_states: those before the first step.
        go_backwards: from the last step to the first.
        mask: (batch, steps); where it is off, output and states stay those of the step before.
        constants: handed to each step behind the states.

    Example:
        >>> last, outputs, states = rnn(lambda x, s: (x + s[0], [x + s[0]]), torch.tensor([[[1.], [2.]]]), [torch.zeros(1, 1)])
        >>> outputs.tolist(), last.tolist()
        ([[[1.0], [3.0]]], [[3.0]])
    """
    states, outputs, y = list(initial_states), [], None
    steps = range(inputs.shape[1])
    for t in reversed(steps) if go_backwards else steps:
        made, after = step_function(inputs[:, t], [*states, *(constants or [])])
        if mask is not None:
            on = torch.as_tensor(mask)[:, t].bool().reshape(len(inputs), 1)
            made = torch.where(on, made, torch.zeros_like(made) if y is None else y)
            after = [torch.where(on, new, old) for new, old in zip(after, states, strict=True)]
        y, states = made, list(after)
        outputs.append(y)
    return y, torch.stack(outputs, 1), states


def foldl(fn: Callable, elems: Any, initializer: Any = None, name: str | None = None) -> Any:
    """fn(fn(fn(start, e1), e2), e3) over the first axis; the first entry starts where no start is given.

    Example:
        >>> foldl(lambda total, one: 2 * total + one, torch.tensor([1, 0, 1]))
        tensor(5)
    """
    rest = list(elems)
    total = rest.pop(0) if initializer is None else initializer
    for one in rest:
        total = fn(total, one)
    return total


def foldr(fn: Callable, elems: Any, initializer: Any = None, name: str | None = None) -> Any:
    """`foldl` from the last entry to the first."""
    return foldl(fn, list(elems)[::-1], initializer)
