"""Element: the number type in which an optimizer's formula is compiled.

torch's rule for a vector and a Python number is that the number takes the vector's dtype; numbers among themselves are computed
in float64 (`1 - beta_2` is exact before it meets a float32 vector). Numba's rule would turn float32 (+) float64 into float64.
An `Element` is a float32 or float64 that follows torch's rule, so that one source means the same in both forms.
"""

import math
import operator
from typing import Any

from numba import types
from numba.extending import intrinsic, models, overload, register_model

from nabi.kernels import math as names
from nabi.kernels.compiling import inline


class Element(types.Type):
    """One element of a vector whose dtype is `real`."""

    def __init__(self, real):
        self.real = real
        super().__init__(f"Element({real})")


@register_model(Element)
class _Model(models.PrimitiveModel):
    def __init__(self, manager, element):
        super().__init__(manager, element, manager.lookup(element.real).get_value_type())


@intrinsic
def _wrap(typing, x):
    """float -> Element of the same dtype."""
    return Element(x)(x), lambda context, builder, signature, args: args[0]


@intrinsic
def _cast(typing, x, like):
    """x (an Element or a number) -> float of the dtype of `like`, an Element or an array's item."""
    real = like.real if isinstance(like, Element) else like

    def generate(context, builder, signature, args):
        return args[0] if isinstance(x, Element) else context.cast(builder, args[0], x, real)

    return real(x, like), generate


wrap: Any = _wrap
cast: Any = _cast


def _binary(name, function, result):
    @overload(name)
    def build(a, b):
        if isinstance(a, Element):
            return lambda a, b: result(function(cast(a, a), cast(b, a)))
        if isinstance(b, Element):
            return lambda a, b: result(function(cast(a, b), cast(b, b)))


def _unary(name, function):
    @overload(name)
    def build(x):
        if isinstance(x, Element):
            return lambda x: wrap(function(cast(x, x)))


@inline
def same(x):
    """A comparison stays the truth value it is."""
    return x


@inline
def larger(a, b):
    """The maximum; NaN if either is."""
    return a if (a > b) | (a != a) else b


@inline
def smaller(a, b):
    """The minimum; NaN if either is."""
    return a if (a < b) | (a != a) else b


@inline
def signum(x):
    """-1, 0 or 1; 0 for NaN."""
    return (x > 0) * 1.0 - (x < 0) * 1.0


for _operator in (operator.add, operator.sub, operator.mul, operator.truediv, operator.pow):
    _binary(_operator, _operator, wrap)
for _operator in (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne):
    _binary(_operator, _operator, same)
_binary(names.maximum, larger, wrap)
_binary(names.minimum, smaller, wrap)
_unary(operator.neg, operator.neg)
_unary(names.absolute, abs)
_unary(names.sqrt, math.sqrt)


@overload(names.sqrt)
def _sqrt(x):
    if isinstance(x, types.Float):
        return lambda x: math.sqrt(x)


@overload(names.sign)
def _sign(x):
    if isinstance(x, Element):
        return lambda x: wrap(cast(signum(cast(x, x)), x))


@overload(names.where)
def _where(condition, a, b):
    if isinstance(a, Element):
        return lambda condition, a, b: wrap(cast(a, a) if condition else cast(b, a))
    if isinstance(b, Element):
        return lambda condition, a, b: wrap(cast(a, b) if condition else cast(b, b))
