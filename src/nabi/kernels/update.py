"""Update: an optimizer's formula on whole vectors, in place, with the bfloat16 copy of the weights written in the same pass.

    w, *slots <- formula(w, g, *slots, *numbers),   copy <- bfloat16(w)

The formula is written once, as a pure function of elements. Its plain twin runs it on torch vectors; fused, Numba compiles the
same function into one pass over memory. Numbers among themselves are computed in float64 and then take the vector's dtype, in
both.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from nabi.core.errors import ArgumentError
from nabi.core.warning import warn
from nabi.kernels import formulas, jit

MOST_SLOTS = 4


def update(
    name: str,
    formula: Callable,
    w: Tensor,
    g: Tensor,
    slots: tuple[Tensor, ...] = (),
    numbers: tuple[float, ...] = (),
    copy: Tensor | None = None,
) -> None:
    """One step of an optimizer, in place on `w`, `slots` and `copy`.

    Plain and fused agree to rounding (the fused form contracts a * b + c to one rounding, and torch's float32 square root,
    division and power may differ in the last bit).

    Args:
        name: the optimizer's name; names the compiled kernel.
        formula: `formula(w, g, *slots, *numbers) -> (w, *slots)` (or just w without slots), made of + - * / **, comparisons and
            the functions of `nabi.kernels.math`. It must not change its arguments.
        w: (n,) float32 or float64, contiguous.
        g: (n,) of the same dtype.
        slots: vectors like w, none to four.
        numbers: learning rate and whatever else the formula takes.
        copy: (n,) bfloat16, or None.

    Example:
        >>> def momentum(w, g, v, lr, m):
        ...     v = m * v - lr * g
        ...     return w + v, v
        >>> w, v = torch.ones(2), torch.zeros(2)
        >>> update("momentum", momentum, w, torch.tensor([1.0, -1.0]), (v,), (0.1, 0.9))
        >>> w
        tensor([0.9000, 1.1000])

    Raises:
        ArgumentError: more than four slots, or vectors of different length or dtype.
    """
    Update(name, formula, w, g, slots, copy)(numbers)


class Update:
    """`update` of the same vectors step after step: checked, and seen as arrays, once.

    Arguments as in `update`; a call takes the numbers of a step.
    """

    def __init__(self, name: str, formula: Callable, w: Tensor, g: Tensor, slots: tuple[Tensor, ...] = (),
                 copy: Tensor | None = None):
        self.name, self.formula, self.w, self.g, self.slots, self.copy = name, formula, w, g, slots, copy
        vectors = (w, g, *slots)
        if any(t.shape != w.shape or t.dtype != w.dtype for t in vectors) or w.dim() != 1:
            raise ArgumentError(f"update('{name}')", "vectors of one length and dtype", [(*t.shape, t.dtype) for t in vectors])
        if len(slots) > MOST_SLOTS:
            raise ArgumentError(f"update('{name}', slots)", f"at most {MOST_SLOTS} slots", len(slots))
        self.written = (w, *slots, *(() if copy is None else (copy,)))
        on_cpu = all(t.device.type == "cpu" and t.is_contiguous() for t in (*self.written, g))
        self.fits = on_cpu and w.dtype in (torch.float32, torch.float64)
        self.arrays: list[Any] = []  # of w, g, slots and copy

    def __call__(self, numbers: tuple[float, ...]) -> None:
        """One step."""
        if not (self.fits and jit.fused() and self.formula not in _untranslatable and self.fused(numbers)):
            plain(self.formula, self.w, self.g, self.slots, numbers, self.copy)

    def fused(self, numbers: tuple[float, ...]) -> bool:
        """One step by the compiled formula; False, after a warning, where Numba cannot compile it."""
        if not self.arrays:
            self.arrays = [*map(jit.array, (self.w, self.g, *self.slots)), None if self.copy is None else jit.array(self.copy)]
        try:
            formulas.loop(self.name, self.formula, len(self.slots))(*self.arrays, tuple(map(float, numbers)))
        except ArgumentError as error:  # raised before anything is written
            _untranslatable.add(self.formula)
            said = f"Optimizer '{self.name}' runs in plain torch: Numba cannot compile its formula ({error.__cause__})"
            warn(said)
            return False
        torch.autograd.graph.increment_version(self.written)  # Numba's writing is invisible to torch
        return True


_untranslatable: set[Callable] = set()


@torch.no_grad()
def plain(formula: Callable, w: Tensor, g: Tensor, slots=(), numbers=(), copy: Tensor | None = None) -> None:
    """The plain twin of `update`, for any dtype and device."""
    result = formula(w, g, *slots, *numbers)
    for old, new in zip((w, *slots), result if isinstance(result, tuple) else (result,), strict=True):
        old.copy_(new)
    if copy is not None:
        copy.copy_(w)
