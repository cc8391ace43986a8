"""Standing: made-up data in the place of sets that are not there, for those who ask for them: to try a script without a network.

    with nabi.datasets.standing_in():        or NABI_STAND_IN=1 in the environment
        (x, y), _ = nabi.datasets.imdb.load_data()

They have the real ones' shapes, kinds and sizes and something to learn in them; what a network reaches on them says nothing of
the real ones. Every set says so, once, when it is asked for. Sets that are there are read as ever.
"""

import os
import sys
from types import TracebackType

from nabi.core.language import say

VARIABLE = "NABI_STAND_IN"
WORDS: dict[str, tuple[str, str]] = {
    "stand-in": (
        "STAND-IN DATA: {title} is not here; made-up data of its form take its place. Results say nothing of the real {title}.",
        "가짜 데이터: {title} 데이터가 없어 모양만 같은 가짜 데이터를 씁니다. 결과는 실제 {title}와(과) 관계가 없습니다.",
    ),
    "weights": (
        "STAND-IN WEIGHTS: {title} is not here; weights drawn at random take its place. Results say nothing of the learned ones.",
        "가짜 가중치: {title} 파일이 없어 무작위 가중치를 씁니다. 결과는 학습된 가중치와 관계가 없습니다.",
    ),
}
_told: set[str] = set()


def is_on() -> bool:
    """Whether made-up data may take the place of sets that are not there."""
    return os.environ.get(VARIABLE, "") not in ("", "0")


def tell(title: str, what: str = "stand-in") -> None:
    """Says of a set, or of a file of weights, once a process, that it is made up."""
    if title not in _told:
        _told.add(title)
        print(say(WORDS, what, title=title), file=sys.stderr, flush=True)


class standing_in:  # noqa: N801  a call that is also a block, as Python's own open
    """Lets made-up data take the place of sets that are not there, from now on or within a block.

    Args:
        on: False ends it.

    Example:
        >>> with standing_in():
        ...     is_on()
        True
    """

    def __init__(self, on: bool = True):
        self.on, self.before = on, os.environ.get(VARIABLE)
        os.environ[VARIABLE] = "1" if on else "0"

    def __enter__(self) -> "standing_in":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, where: TracebackType | None) -> None:
        if self.before is None:
            os.environ.pop(VARIABLE, None)
        else:
            os.environ[VARIABLE] = self.before
