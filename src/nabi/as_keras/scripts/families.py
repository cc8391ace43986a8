"""Families: fonts that a script names and this machine has not: one with Hangul stands for them, as far as there is one.

    plt.rcParams["font.family"] = "NanumGothic"          "Noto Sans CJK JP", said once, in place of a line for each letter
"""

import os
from collections.abc import Callable
from functools import wraps
from types import ModuleType
from typing import Any

from nabi.as_keras.notes import note
from nabi.as_keras.patches import Patches
from nabi.as_keras.scripts.pictures import Place
from nabi.core.language import say

OWN = "DejaVu Sans"  # comes with matplotlib
OTHERS = ("Noto Sans CJK JP", "Noto Sans CJK SC", "Noto Serif CJK KR", "Noto Serif CJK JP", "UnBatang", "Baekmuk Gulim",
          "Baekmuk Batang", "NanumMyeongjo", "Batang", "Gulim", "AppleGothic")  # fmt: skip
GLYPH = "missing from font"
MENDS = ("A font mends it: apt install fonts-nanum (Ubuntu, Debian), or NanumGothic.ttf in ~/.fonts.",
         "글꼴을 설치하면 됩니다: apt install fonts-nanum (Ubuntu, Debian), 또는 NanumGothic.ttf를 ~/.fonts에 두십시오.")
WORDS: dict[str, tuple[str, str]] = {
    "font": ("The font {font} is not here; {other} stands for it.", "{font} 글꼴이 없어 {other}(으)로 그립니다."),
    "boxes": (
        f"The font {{font}} is not here, nor another one with Hangul: Hangul appears as boxes. {MENDS[0]}",
        f"{{font}} 글꼴이 없고 한글이 들어 있는 다른 글꼴도 없어, 한글이 네모로 나옵니다. {MENDS[1]}",
    ),
    "hangul": (f"No font here has Hangul: it appears as boxes. {MENDS[0]}",
               f"한글이 들어 있는 글꼴이 없어, 그림의 한글이 네모로 나옵니다. {MENDS[1]}"),
    "glyph": ("Letters of a picture are in none of its fonts, and appear as boxes: {font}.",
              "그림에 쓴 글자 일부가 {font} 글꼴에 없어 네모로 나옵니다."),
}  # fmt: skip


def dress_families(module: ModuleType, patches: Patches) -> None:
    """Lets matplotlib's font manager answer for families that are not there, and for font files of another system."""
    aliases = set(module.font_family_aliases)

    def hangul() -> str | None:
        """A family with Hangul; the system is asked where matplotlib's list of fonts has none."""
        from nabi.viz.style import families, has_korean

        names = {entry.name for entry in module.fontManager.ttflist}
        return families("가")[-1] if has_korean() else next((name for name in OTHERS if name in names), None)

    def known(prop: Any) -> Any:
        prop = module.FontProperties._from_any(prop)
        names, wanted = {entry.name.lower() for entry in module.fontManager.ttflist}, list(prop.get_family())
        lost = [name for name in wanted if name.lower() not in names and name not in aliases]
        first = alone(names) if "sans-serif" in wanted else None
        if first is not None:
            lost, wanted = [*lost, first], [name for name in wanted if name != "sans-serif"]
        if prop.get_file() is not None or not (lost or Place.hangul):
            return prop
        other = hangul()
        if lost:
            note("font family", say(WORDS, "font" if other else "boxes", font=lost[0], other=other))
        kept = [name for name in wanted if name not in (*lost, other)]
        added = [] if other is None else [other]
        made = prop.copy()
        made.set_family([*added, *kept, OWN] if lost else [*kept, *added])
        return made

    def alone(names: set[str]) -> str | None:
        """The first of font.sans-serif where a script has put one font there that is not here."""
        from matplotlib import rcParams

        listed = rcParams["font.sans-serif"]
        return None if not listed or any(one.lower() in names for one in listed) else listed[0]

    def with_known(find: Callable) -> Callable:
        @wraps(find)
        def call(self: Any, prop: Any, *args: Any, **options: Any) -> Any:
            asks = options.get("fallback_to_default") is False  # whether it is there
            return find(self, prop if asks else known(prop), *args, **options)

        return call

    def elsewhere(set_file: Callable) -> Callable:
        @wraps(set_file)
        def call(self: Any, file: Any) -> None:
            if file is not None and not os.path.exists(file):
                other = hangul() or OWN
                note("font", say(WORDS, "font", font=file, other=other))
                file = module.findfont(other)
            set_file(self, file)

        return call

    for name in ("findfont", "_find_fonts_by_props"):
        if hasattr(module.FontManager, name):
            patches.around(module.FontManager, name, with_known)
    patches.put(module, "findfont", module.fontManager.findfont)
    patches.around(module.FontProperties, "set_file", elsewhere)


def note_of_glyph(message: str) -> None:
    """Says once what matplotlib says of each letter that no font has; of Hangul what helps, unless that was said."""
    if "HANGUL" in message:
        return note("font family", say(WORDS, "hangul"))
    note("glyph", say(WORDS, "glyph", font=message.partition(GLYPH)[2].lstrip("(s) ").rstrip(".")))
