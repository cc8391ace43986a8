"""Phrases: English texts with gaps and their translations, for what is first made as an English sentence.

    {"got {}": "{}을(를) 받음"}         "got 3"  ->  "3을 받음"

{} stands for any text. A phrase that is not in the table stays as it is; of several that fit the longest one counts.
"""

import re
from collections.abc import Mapping

from nabi.core.language import with_particles


class Phrases:
    """A table of phrases.

    Args:
        table: phrase -> translation, with as many gaps.

    Example:
        >>> korean = Phrases({"class {} in all {} samples": "표본 {1}개가 모두 클래스 {0}"})
        >>> korean("class 3 in all 40 samples"), korean("else")
        ('표본 40개가 모두 클래스 3', 'else')
    """

    def __init__(self, table: Mapping[str, str]):
        self.table = dict(table)
        self.patterns = [(pattern(phrase), self.table[phrase]) for phrase in sorted(self.table, key=len, reverse=True)]

    def __call__(self, text: str) -> str:
        for matcher, translation in self.patterns:
            if found := matcher.fullmatch(text):
                return with_particles(translation.format(*found.groups()))
        return text


def pattern(phrase: str) -> re.Pattern:
    """What a phrase matches, its gaps as groups; the last gap takes what is left."""
    return re.compile("(.+?)".join(map(re.escape, phrase.split("{}"))), re.DOTALL)
