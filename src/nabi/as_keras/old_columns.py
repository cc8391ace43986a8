"""Old columns: what is done to a column in place reaches its frame, as before pandas 3.

    df["Age"].fillna(df["Age"].median(), inplace=True)
    df["Fare"][df["Fare"] > 100] = 100
"""

import warnings
import weakref
from collections.abc import Callable
from functools import wraps
from types import ModuleType
from typing import Any

from nabi.as_keras.notes import note
from nabi.as_keras.patches import Patches

IN_PLACE = ("fillna", "replace", "clip", "ffill", "bfill", "interpolate", "mask", "where")
FRAME = "_nabi_frame"


def dress_columns(pandas: ModuleType, patches: Patches) -> None:
    """Puts these on frames and series."""
    patches.around(pandas.DataFrame, "__getitem__", known(pandas.Series))
    patches.around(pandas.Series, "__setitem__", reaching)
    for name in IN_PLACE:
        patches.around(pandas.Series, name, when_in_place)


def known(series: type) -> Callable:
    """`df[name]`, whose column knows its frame."""

    def make(getitem: Callable) -> Callable:
        @wraps(getitem)
        def call(self: Any, key: Any) -> Any:
            found = getitem(self, key)
            if type(found) is series and isinstance(key, (str, int)):
                object.__setattr__(found, FRAME, (weakref.ref(self), key))
            return found

        return call

    return make


def hand_on(column: Any) -> None:
    """Writes a column into the frame that it was read from."""
    frame, key = vars(column).get(FRAME, (None, None))
    frame = frame() if frame is not None else None
    if frame is not None and key in frame.columns and len(frame) == len(column):
        note("columns", "a column changed in place changes its frame, as before pandas 3.")
        frame[key] = column.copy()


def when_in_place(method: Callable) -> Callable:
    """A method with inplace=True that reaches the frame."""

    @wraps(method)
    def call(self: Any, *args: Any, **options: Any) -> Any:
        with warnings.catch_warnings():
            if options.get("inplace"):
                warnings.simplefilter("ignore")  # that such a change never reaches the frame
            made = method(self, *args, **options)
        if options.get("inplace"):
            hand_on(self)
        return made

    return call


def reaching(setitem: Callable) -> Callable:
    """`column[rows] = values` that reaches the frame."""

    @wraps(setitem)
    def call(self: Any, key: Any, value: Any) -> None:
        known_frame = FRAME in vars(self)
        with warnings.catch_warnings():
            if known_frame:
                warnings.simplefilter("ignore")
            setitem(self, key, value)
        if known_frame:
            hand_on(self)

    return call
