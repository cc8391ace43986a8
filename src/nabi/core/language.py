"""Language: in which of nabi's two languages the command line and the reports speak.

    NABI_LANG=ko nabi train digits        Korean; everything else is English

Only what people read changes. Names of commands, options, files, columns and JSON keys are the same in both.
"""

import os
from collections.abc import Mapping

LANGUAGES = ("en", "ko")


def language() -> str:
    """ "ko" if NABI_LANG begins with ko, else "en"."""
    return "ko" if os.environ.get("NABI_LANG", "").lower().startswith("ko") else "en"


def say(table: Mapping[str, tuple[str, str]], key: str, **values: object) -> str:
    """A text of a table {key: (English, Korean)} in today's language, with its fields filled in.

    Example:
        >>> say({"read": ("{n} of {all} read", "{all}개 중 {n}개")}, "read", n=3, all=4)
        '3 of 4 read'
    """
    text = table[key][LANGUAGES.index(language())]
    return text.format(**values) if values else text
