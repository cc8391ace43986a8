"""Formulas: what stands for an optimizer's formula, the same in every process, so that its compiled loop is found again."""

import functools
import hashlib
import secrets
import types
from typing import Any

from nabi.kernels import jit

HERE = secrets.token_hex(8)  # in what is told of a value that no other process can know


@functools.cache
def loop(name: str, function, slots: int) -> jit.Loop:
    """The loop of `nabi.kernels.fused.update` over a formula with so many slots."""
    told = source(function)
    label = f"{name}_{hashlib.sha256(told).hexdigest()[:16]}"

    def compiled():
        return jit.fused_module("update").compiled(label, function, slots)

    return jit.Loop(f"update.{slots}.{label}", compiled, again=HERE.encode() not in told)


def source(function) -> bytes:
    """What a compiled function depends on: its code, constants and default arguments, and what its outer names stand for."""
    caught = [told(cell.cell_contents) for cell in function.__closure__ or ()]
    defaults = told(function.__defaults__), told(tuple((function.__kwdefaults__ or {}).items()))
    return repr((of_code(function.__code__, function.__globals__), caught, defaults)).encode()


def of_code(code: types.CodeType, scope: dict[str, Any]) -> tuple:
    """What code depends on, and that of the functions written inside it, whose own words hold a place in memory."""
    outer = {name: told(scope[name], code.co_names) for name in code.co_names if name in scope}
    constants = [of_code(one, scope) if isinstance(one, types.CodeType) else one for one in code.co_consts]
    return code.co_code, constants, code.co_names, code.co_varnames, outer


def told(value: Any, names: tuple[str, ...] = ()) -> Any:
    """What a value is, in words that are the same in every process for that value only; of a module its attributes `names`."""
    if value is None or isinstance(value, (bool, int, float, complex, str)):
        return value
    if isinstance(value, tuple):
        return tuple(told(part) for part in value)
    if isinstance(value, types.ModuleType):
        return value.__name__, {name: told(getattr(value, name)) for name in names if hasattr(value, name)}
    if getattr(value, "__module__", None) == "nabi.kernels.math":  # RULES stands for them
        return value.__name__
    if isinstance(value, (type, types.BuiltinFunctionType)) or type(value).__module__ == "numpy" and callable(value):
        return repr(value)
    inner = getattr(value, "py_func", value)  # of a function that Numba has compiled
    return source(inner) if isinstance(inner, types.FunctionType) else (HERE, id(value))
