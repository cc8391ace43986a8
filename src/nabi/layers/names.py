"""Names: what layers are called when nobody names them: conv2d, conv2d_1, ..., as Keras counts."""

from collections import defaultdict

_numbers: dict[str, int] = defaultdict(int)


def fresh_name(base: str) -> str:
    """`conv2d`, `conv2d_1`, ...: the class name in small letters and a running number, as Keras counts."""
    number = _numbers[base]
    _numbers[base] += 1
    return base if number == 0 else f"{base}_{number}"


def reset_names() -> None:
    """Starts the running numbers of layer names anew (Keras' `clear_session`)."""
    _numbers.clear()
