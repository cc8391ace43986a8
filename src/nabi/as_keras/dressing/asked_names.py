"""Asked names: whether a program speaks of "acc", as with Keras before 2.3, or of "accuracy", when it goes through all logs.

    for k, v in logs.items(): self.H.setdefault(k, []).append(v)
    plt.plot(self.H["acc"])

The file whose code goes through them decides, and where it has neither, the script: "acc" or "val_acc" is old, unless it is only
a caption (label="acc", plt.legend(["acc"]), {"acc": ...}); "val_accuracy" and history["accuracy"] are not.
"""

import linecache
import re
import sys
from functools import cache
from types import FrameType
from typing import Any

OLD = re.compile(r"""["'](acc|val_acc)\\?["']""")
NEW = re.compile(r"""val_accuracy|(?:[\w\])]\[|\.get\()\s*\\?["']accuracy\\?["']""")
CAPTIONS = re.compile(r"""\b(?:label|title|name|legend)\s*=\s*\\?["'][^"'\n]*["']|(?:legend|title|label)\([^)\n]*\)|"""
                      r"""\\?["'](?:val_)?acc\\?["']\s*:""")


def asks_for_old(frame: FrameType) -> bool:
    """Whether the file of a frame asks for old names, or else the script."""
    own = file_asks(frame.f_code.co_filename)
    return bool(file_asks(getattr(sys.modules.get("__main__"), "__file__", None) or "") if own is None else own)


@cache
def file_asks(file: str) -> bool | None:
    """Whether a file asks for old names; None where it has neither these nor new ones."""
    return text_asks("".join(linecache.getlines(file)))


def text_asks(text: str) -> bool | None:
    """Whether a text asks for old names; None where it has neither these nor new ones.

    Example:
        >>> [text_asks(one) for one in ("h['acc']", "h['accuracy']; plot(y, label='acc')", "metrics=['accuracy']; title('acc')")]
        [True, False, None]
    """
    return False if NEW.search(text) else True if OLD.search(CAPTIONS.sub("", text)) else None


def older(name: str) -> str:
    """The name as it was before Keras 2.3.

    Example:
        >>> older("val_accuracy"), older("dense_accuracy"), older("loss")
        ('val_acc', 'dense_acc', 'loss')
    """
    kept = not (name == "accuracy" or name.endswith("_accuracy")) or "categorical" in name or "binary" in name
    return name if kept else f"{name.removesuffix('accuracy')}acc"


def named_for(frame: FrameType, names: Any) -> list[str]:
    """The names as the code of a frame asks for them."""
    found = list(names)
    return [older(name) for name in found] if any(name.endswith("accuracy") for name in found) and asks_for_old(frame) else found
