"""Outputs: what `compile` was given for several outputs at once, sorted out: a value, a list, or a dict by output name.

    loss={"digit": "mse", "even": "binary_crossentropy"}     loss_weights=[1.0, 0.5]     metrics=[["accuracy"], ["mse", "mae"]]
"""

from typing import Any

from nabi.core.errors import ArgumentError, did_you_mean


def expected_names(loss: Any, metrics: Any = None) -> list[str]:
    """Names of the outputs of a model that is not built yet, as far as what `compile` was given tells them.

    Example:
        >>> expected_names("mse"), expected_names({"a": "mse"}, {"b": "mae"}), expected_names(["mse", "mae"])
        (['output'], ['a', 'b'], ['output_1', 'output_2'])
    """
    named = [part for part in (loss, metrics) if isinstance(part, dict) and "class_name" not in part]
    if named:
        return list(dict.fromkeys(name for part in named for name in part))
    return [f"output_{n + 1}" for n in range(len(loss))] if isinstance(loss, (list, tuple)) and len(loss) > 1 else ["output"]


def one_per_output(value: Any, names: list[str], where: str) -> list:
    """One entry an output; a single loss serves every output.

    Example:
        >>> one_per_output("mse", ["a", "b"], "loss"), one_per_output({"b": "mae"}, ["a", "b"], "loss")
        (['mse', 'mse'], [None, 'mae'])

    Raises:
        ArgumentError: an unknown output, or another number of entries.
    """
    if by_name(value, names, where):
        return [value.get(name) for name in names]
    if isinstance(value, (list, tuple)):
        if len(value) != len(names):
            raise ArgumentError(f"compile({where})", f"{len(names)} entries for {names}", len(value))
        return list(value)
    if value is None or len(names) == 1 or where == "loss":
        return [value] * len(names)
    raise ArgumentError(f"compile({where})", f"a dict or list with an entry for each of {names}", repr(value))


def metrics_per_output(value: Any, names: list[str], where: str) -> list[list]:
    """A list of metrics an output. With several outputs a list has an entry for each: a metric, a list of them, or None.

    Example:
        >>> metrics_per_output("mse", ["a"], "metrics"), metrics_per_output(["mse", ["mae", "mse"]], ["a", "b"], "metrics")
        ([['mse']], [['mse'], ['mae', 'mse']])

    Raises:
        ArgumentError: an unknown output, or a list that does not say which metric belongs to which output.
    """
    if by_name(value, names, where):
        entries = [value.get(name) for name in names]
    elif value is None:
        entries = [None] * len(names)
    elif len(names) == 1:
        nested = isinstance(value, (list, tuple)) and len(value) == 1 and isinstance(value[0], (list, tuple))
        entries = list(value) if nested else [value]
    elif isinstance(value, (list, tuple)) and len(value) == len(names):
        entries = list(value)
    else:
        raise ArgumentError(f"compile({where})", f"a dict or list with an entry for each of {names}", repr(value))
    return [[] if entry is None else list(entry) if isinstance(entry, (list, tuple)) else [entry] for entry in entries]


def by_name(value: Any, names: list[str], where: str) -> bool:
    """Whether a value is a dict by output name (not a configuration); a name that no output has is an error."""
    if not isinstance(value, dict) or "class_name" in value:
        return False
    for name in value:
        if name not in names:
            raise ArgumentError(f"compile({where})", f"the outputs {names}", repr(name), did_you_mean(str(name), names))
    return True
