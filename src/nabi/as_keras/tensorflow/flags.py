"""Flags: `tf.app.flags`, `tf.flags`, `tf.app.run`: options of a script of TensorFlow 1 from its command line.

    flags.DEFINE_integer("steps", 100, "how many");  FLAGS = flags.FLAGS;  FLAGS.steps          python script.py --steps=5
"""

import sys
from typing import Any, NoReturn

from nabi.core.errors import ArgumentError

__all__ = ["DEFINE_bool", "DEFINE_boolean", "DEFINE_enum", "DEFINE_float", "DEFINE_integer", "DEFINE_list", "DEFINE_string",
           "FLAGS", "flags", "run"]
WORDS: dict[str, bool] = {**dict.fromkeys("true 1 yes t y".split(), True), **dict.fromkeys("false 0 no f n".split(), False)}


class Flags:
    """The options: read from the command line where one is asked for first."""

    def __init__(self):
        self.__dict__.update(kinds={}, given={}, read=False)

    def define(self, name: str, default: Any, kind: Any) -> None:
        """Makes an option known."""
        self.kinds[name] = kind
        self.given[name] = default
        self.__dict__["read"] = False

    def parse(self, arguments: list[str]) -> list[str]:
        """Reads --name=value, --name value, --name, --noname; gives what is left."""
        self.__dict__["read"], left, waiting = True, [], list(arguments)
        while waiting:
            word = waiting.pop(0)
            name, equals, text = word.lstrip("-").partition("=")
            if not word.startswith("-") or name not in self.kinds and name.removeprefix("no") not in self.kinds:
                left.append(word)
            elif name not in self.kinds:
                self.given[name.removeprefix("no")] = False
            elif self.kinds[name] is bool and not equals:
                self.given[name] = True
            else:
                self.given[name] = self.value(name, text if equals or not waiting else waiting.pop(0))
        return left

    def value(self, name: str, text: str) -> Any:
        """A text as the option's kind.

        Raises ArgumentError for one that is none.
        """
        kind = self.kinds[name]
        try:
            return WORDS[text.lower()] if kind is bool else text.split(",") if kind is list else kind(text)
        except (KeyError, ValueError):
            raise ArgumentError(f"--{name}", f"a value of kind {kind.__name__}", repr(text)) from None

    def __call__(self, argv: Any = None, known_only: bool = False) -> list[str]:
        return [*list(argv or [""])[:1], *self.parse(list(argv or [""])[1:])]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if not self.read:
            self.parse(sys.argv[1:])
        if name not in self.given:
            raise AttributeError(f"no flag {name!r}; there are {', '.join(self.given) or 'none'}")
        return self.given[name]

    def __setattr__(self, name: str, value: Any) -> None:
        self.given[name] = value

    def __contains__(self, name: str) -> bool:
        return name in self.given

    def flag_values_dict(self) -> dict[str, Any]:
        """All by name."""
        return dict(self.given)


FLAGS = Flags()
flags = sys.modules[__name__]


def definer(kind: Any):
    """A function (name, default, help) that makes an option of a kind known."""
    def define(name: str, default: Any = None, help: Any = None, *more: Any, **options: Any) -> None:
        FLAGS.define(name, default, kind)

    return define


DEFINE_integer, DEFINE_float, DEFINE_string, DEFINE_list = (definer(kind) for kind in (int, float, str, list))
DEFINE_bool = DEFINE_boolean = definer(bool)


def DEFINE_enum(name: str, default: Any, enum_values: Any, help: Any = None, **options: Any) -> None:
    """An option that is one of some texts."""
    FLAGS.define(name, default, str)


def run(main: Any = None, argv: Any = None) -> NoReturn:
    """Calls `main(argv)` with what the options left, and ends the script."""
    left = FLAGS(argv or sys.argv)
    sys.exit((main or sys.modules["__main__"].main)(left))
