"""Progress text: the words and the bar that the progress display shows; no screen, no clock.

    12/20 ━━━━━━━━━━━━──────── 3s, 2s left 41ms/step - accuracy: 0.9712 - loss: 0.0934
    20/20 ━━━━━━━━━━━━━━━━━━━━ 5s 41ms/step - accuracy: 0.9712 - loss: 0.0934 - val_accuracy: 0.9740 - val_loss: 0.0840
    Epoch 3/12 - 20/20 - 5s - 41ms/step - accuracy: 0.9712 - loss: 0.0934

Source: the wording of Keras 3's Progbar; the time left, images a second and the fitting to the window's width are nabi's.
"""

import math
from dataclasses import dataclass, field

from nabi.core.language import language, say
from nabi.core.table import columns

BOLD, GREEN, DIM, PLAIN = "\x1b[1m", "\x1b[32m", "\x1b[2m", "\x1b[0m"

WORDS: dict[str, tuple[str, str]] = {
    "epoch": ("Epoch {n}/{epochs}", "에포크 {n}/{epochs}"),
    "precision": ("Precision: {name}", "계산 정밀도: {name}"),
    "validation": ("validation {n}", "검증 {n}"),
    "left": ("{time} left", "{time} 남음"),
    "speed": ("{n:.0f} images/s", "초당 {n:.0f}장"),
    "pace": ("{n:.0f} samples/s", "초당 {n:.0f}개"),
    "left out": ("({n} lines above are left out)", "(위의 {n}줄은 생략했습니다)"),
}
PRECISIONS = {
    "bfloat16 in convolutions and hidden Dense layers, float32 elsewhere": "합성곱과 은닉 전결합층은 bfloat16, 나머지는 float32",
}


@dataclass
class View:
    """One moment of a run: all that is shown.

    Attributes:
        title: "Epoch 3/12", or "".
        step, steps: steps done, steps in all (None: unknown).
        elapsed, left: seconds since the start, seconds to go (None: unknown).
        step_seconds: seconds a step takes; images_per_second: None if the batch size is unknown.
        pictures: whether the samples are images.
        values: metric names and their values as text; note: what is going on beside ("validation 3").
        unit: what is counted, "step" or "sample"; each: how many of them a step is; most: samples in all (None: unknown).
    """

    title: str = ""
    step: int = 0
    steps: int | None = None
    elapsed: float = 0.0
    left: float | None = None
    step_seconds: float = 0.0
    images_per_second: float | None = None
    values: list[tuple[str, str]] = field(default_factory=list)
    note: str = ""
    pictures: bool = True
    unit: str = "step"
    each: int = 1
    most: int | None = None

    def counted(self, steps: int) -> int:
        """So many steps in the unit that is shown; the last batch may be smaller than the others."""
        n = steps * self.each
        return n if self.most is None else min(n, self.most)


@dataclass
class Look:
    """What a screen can show: its width in columns, ASCII only, colours."""

    width: int = 80
    ascii: bool = False
    color: bool = False


def number(value: object) -> str:
    """A metric's value as Keras writes it: four decimals, or an exponent below 1e-3.

    Example:
        >>> number(0.97123), number(0.0001), number(0.0), number("stopped")
        ('0.9712', '1.0000e-04', '0.0000', 'stopped')
    """
    try:
        x = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return str(value)
    return f"{x:.4e}" if 0 < abs(x) <= 1e-3 else f"{x:.4f}"


def duration(seconds: float) -> str:
    """Whole seconds, minutes, hours.

    Example:
        >>> duration(0.4), duration(59), duration(61), duration(3723)
        ('0s', '59s', '1:01', '1:02:03')
    """
    s = round(seconds)
    if s < 60:
        return f"{s}s"
    return f"{s // 60}:{s % 60:02d}" if s < 3600 else f"{s // 3600}:{s // 60 % 60:02d}:{s % 60:02d}"


def pace(seconds: float, each: str = "step") -> str:
    """Time a step, or a sample, in the unit that fits.

    Example:
        >>> pace(0.041), pace(2.0), pace(0.00013)
        ('41ms/step', '2s/step', '130us/step')
    """
    if seconds >= 1 or seconds == 0:
        return f"{seconds:.0f}s/{each}"
    return f"{seconds * 1e3:.0f}ms/{each}" if seconds >= 1e-3 else f"{seconds * 1e6:.0f}us/{each}"


def tempo(view: View) -> str:
    """Time that one of what is counted takes."""
    return pace(view.step_seconds / view.each, view.unit)


def shown(row: str) -> int:
    """Columns of a row with colours, which take none."""
    for code in (BOLD, GREEN, DIM, PLAIN):
        row = row.replace(code, "")
    return columns(row)


def count(view: View) -> str:
    """ "12/20", right-aligned; "12/?" without an end."""
    done = view.counted(view.step)
    if view.steps is None:
        return f"{done}/?"
    end = view.counted(view.steps)
    return f"{done:{int(math.log10(max(end, 1))) + 1}d}/{end}"


def plain_line(view: View) -> str:
    """Everything in one line without a bar, for files and logs."""
    parts = [view.title, count(view), duration(view.elapsed), tempo(view), speed(view)]
    return " - ".join([part for part in parts if part] + [f"{name}: {text}" for name, text in view.values])


def speed(view: View) -> str:
    """ "4878 images/s", "4878 samples/s" where they are no pictures, or "" if unknown."""
    return "" if view.images_per_second is None else say(WORDS, "speed" if view.pictures else "pace", n=view.images_per_second)


def left(seconds: float) -> str:
    """ "41s left"."""
    return say(WORDS, "left", time=duration(seconds))


def precision(name: str) -> str:
    """The line that says in which precision is computed."""
    return say(WORDS, "precision", name=precision_name(name))


def precision_name(name: str) -> str:
    """What a trainer says of its precision, in the user's language."""
    return PRECISIONS.get(name, name) if language() == "ko" else name


def bar_line(view: View, look: Look) -> str:
    """The running bar in one row of at most `look.width` (16 or more) columns: what has no room is left out, metrics last."""
    done = duration(view.elapsed)
    times = [done] if view.left is None else [f"{done}, {left(view.left)}", left(view.left)]
    metrics = [f" - {name}: {text}" for name, text in view.values] + ([f" - {view.note}"] if view.note else [])
    full, short, step = times[0], times[-1], f" {tempo(view)}" if view.step else ""
    rows = [(20, full, f"{step} {speed(view)}".rstrip()), (20, full, step), (10, full, step), (10, short, step)]
    rows += [(10, short, ""), (5, short, "")]
    for size, time, tail in rows:
        if columns(body := f" {time}{tail}{''.join(metrics)}") + _head_width(view, size) <= look.width:
            return _painted(view, size, body, look)
    more = "..." if look.ascii else "…"
    while metrics and columns(f" {short}{''.join(metrics)}{more}") + _head_width(view, 5) > look.width:
        metrics.pop()
    body = f" {short}{''.join(metrics)}{more if metrics else ''}"
    size = 5 if columns(body) + _head_width(view, 5) <= look.width else 0
    return _painted(view, size, body if columns(body) + _head_width(view, size) <= look.width else "", look)


def closing_lines(view: View, look: Look) -> list[str]:
    """The finished bar with all metrics: in one row; else the training's in one row and the validation's in the next, for which
    images a second go and the bar shrinks; else broken before a " - " where a row is full.
    """
    time = f" {duration(view.elapsed)} {tempo(view)}"
    whole = f"{time} {speed(view)}".rstrip()
    choices = [(20, whole), (20, time), (10, time), (5, time)]
    held = sum(name.startswith("val_") for name, _ in view.values)
    for in_first, most in ((len(view.values), 1), (len(view.values) - held, 2)):
        for size, text in choices:
            lines = _broken(view, text, size, look, apart=most > 1)
            if len(lines) <= most and lines[0].count(" - ") == in_first and shown(lines[0]) <= look.width:
                return lines
    return _broken(view, time, 10 if look.width >= 30 else 5, look)


def _broken(view: View, time: str, size: int, look: Look, apart: bool = False) -> list[str]:
    """Rows of the finished bar; `apart` begins the validation's metrics in a row of their own."""
    lines, room = [time], look.width - _head_width(view, size)
    for name, text in view.values:
        part = f" - {name}: {text}"
        first = apart and len(lines) == 1 and name.startswith("val_")
        if first or columns(lines[-1] + part) > room:
            lines.append(" " * len(count(view)))
            room = look.width
        lines[-1] += part
    return [_painted(view, size, lines[0], look), *lines[1:]]


def _head_width(view: View, size: int) -> int:
    return len(count(view)) + (size + 1 if size and view.steps else 0)


def _painted(view: View, size: int, body: str, look: Look) -> str:
    """Count, bar of `size` columns and `body`; colours take no columns."""
    head = f"{BOLD}{count(view)}{PLAIN}" if look.color else count(view)
    if not (size and view.steps):
        return head + body
    filled = min(size, size * view.step // view.steps)
    full, rest = ("=", ".") if look.ascii else ("━", "─")
    bar = [full * filled, rest * (size - filled)]
    if look.color:
        bar = [f"{GREEN}{bar[0]}{PLAIN}" if bar[0] else "", f"{DIM}{bar[1]}{PLAIN}" if bar[1] else ""]
    return f"{head} {''.join(bar)}{body}"
