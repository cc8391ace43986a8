"""Symbolic: a tensor to come, with Python's operators: x + y, 2 * x, x ** 2, -x, x[:, 0], x @ y, x > 0.

    x - y          is  ops.subtract(x, y), which on something symbolic makes a node of a graph

What asks for numbers that are not there yet is an error: `if x:`, `float(x)`, `x == 0`, `np.abs(x)`.
Source: keras/src/backend/common/keras_tensor.py.
"""

from typing import Any, NoReturn

from nabi.core.registry import lookup


class Symbolic:
    """Base of symbols: a shape, no numbers yet.

    Two of them are equal if they are one; `nabi.ops.equal(x, y)` compares the numbers, once there are some.
    """

    shape: Any
    name: Any
    __array_ufunc__ = None  # NumPy leaves `array + x` to x, and refuses np.abs(x)
    __hash__ = object.__hash__

    @property
    def ndim(self) -> int:
        """Number of axes, the batch axis included."""
        return len(self.shape)

    def no_numbers(self, wanted: str) -> NoReturn:
        """Raises TypeError: what was wanted needs numbers."""
        raise TypeError(f"{self!r} has no numbers yet, so there is no {wanted}. Functions of nabi.ops and layers take it; "
                        "what must see numbers belongs into the call() of a layer or model of your own.")

    def __bool__(self):
        self.no_numbers("truth value: `if x`, `x and y`, `x in list`")

    def __float__(self):
        self.no_numbers("float(x)")

    def __int__(self):
        self.no_numbers("int(x)")

    def __iter__(self):
        self.no_numbers("iteration")

    def __array__(self, dtype=None, copy=None):
        self.no_numbers("NumPy array")

    def __eq__(self, other):
        if not isinstance(other, Symbolic) and other is not None and not isinstance(other, str):
            self.no_numbers("x == y; write nabi.ops.equal(x, y)")
        return self is other

    def __ne__(self, other):
        return not self == other

    def __add__(self, other):
        return lookup("op", "add")(self, other)

    def __radd__(self, other):
        return lookup("op", "add")(other, self)

    def __sub__(self, other):
        return lookup("op", "subtract")(self, other)

    def __rsub__(self, other):
        return lookup("op", "subtract")(other, self)

    def __mul__(self, other):
        return lookup("op", "multiply")(self, other)

    def __rmul__(self, other):
        return lookup("op", "multiply")(other, self)

    def __truediv__(self, other):
        return lookup("op", "divide")(self, other)

    def __rtruediv__(self, other):
        return lookup("op", "divide")(other, self)

    def __floordiv__(self, other):
        return lookup("op", "floor_divide")(self, other)

    def __rfloordiv__(self, other):
        return lookup("op", "floor_divide")(other, self)

    def __mod__(self, other):
        return lookup("op", "mod")(self, other)

    def __rmod__(self, other):
        return lookup("op", "mod")(other, self)

    def __pow__(self, other):
        return lookup("op", "power")(self, other)

    def __rpow__(self, other):
        return lookup("op", "power")(other, self)

    def __matmul__(self, other):
        return lookup("op", "matmul")(self, other)

    def __rmatmul__(self, other):
        return lookup("op", "matmul")(other, self)

    def __neg__(self):
        return lookup("op", "negative")(self)

    def __pos__(self):
        return self

    def __abs__(self):
        return lookup("op", "abs")(self)

    def __round__(self, ndigits=None):
        return lookup("op", "round")(self, ndigits or 0)

    def __getitem__(self, key):
        return lookup("op", "get_item")(self, key)

    def __lt__(self, other):
        return lookup("op", "less")(self, other)

    def __le__(self, other):
        return lookup("op", "less_equal")(self, other)

    def __gt__(self, other):
        return lookup("op", "greater")(self, other)

    def __ge__(self, other):
        return lookup("op", "greater_equal")(self, other)

    def __and__(self, other):
        return lookup("op", "logical_and")(self, other)

    def __rand__(self, other):
        return lookup("op", "logical_and")(other, self)

    def __or__(self, other):
        return lookup("op", "logical_or")(self, other)

    def __ror__(self, other):
        return lookup("op", "logical_or")(other, self)

    def __xor__(self, other):
        return lookup("op", "logical_xor")(self, other)

    def __rxor__(self, other):
        return lookup("op", "logical_xor")(other, self)

    def __invert__(self):
        return lookup("op", "logical_not")(self)
