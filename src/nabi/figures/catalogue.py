"""Catalogue: the figures by name: a function of a scene that gives numbers and the picture made of them.

    @figure("softmax", "output", ("Softmax as a table", "..."), ("What the caption says.", "..."))
    def softmax(scene): return Drawn(numbers, picture)
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nabi.core.errors import UnknownName, did_you_mean
from nabi.core.language import language
from nabi.figures.order import ORDER
from nabi.figures.scene import Scene

SECTIONS: dict[str, tuple[str, str]] = {  # in the order of the page
    "history": ("Where it came from", "역사"),
    "neuron": ("Neurons and their activations", "뉴런과 활성화 함수"),
    "descent": ("Gradient descent and its optimizers", "경사 하강법과 옵티마이저"),
    "pictures": ("Pictures as numbers", "숫자로 본 그림"),
    "convolution": ("Convolution and pooling", "합성곱과 풀링"),
    "networks": ("The networks", "신경망의 구조"),
    "training": ("Training", "학습"),
    "output": ("The last layer and its answers", "마지막 층과 답"),
    "inside": ("What a network has learned", "신경망이 배운 것"),
}


@dataclass(frozen=True)
class Drawn:
    """A figure: the numbers behind it, and the picture: a matplotlib figure, or SVG text.

    Args:
        numbers: plain data, by name: what the picture shows.
        picture: a figure of `nabi.viz`, or a text that begins with "<svg".
    """

    numbers: dict[str, Any]
    picture: Any


@dataclass(frozen=True)
class Entry:
    """A figure of the catalogue: its name, section, words in both languages and the function that makes it."""

    name: str
    section: str
    title: tuple[str, str]
    caption: tuple[str, str]
    make: Callable[[Scene], Drawn]


FIGURES: dict[str, Entry] = {}


def figure(name: str, section: str, title: tuple[str, str], caption: tuple[str, str]) -> Callable:
    """Enters a function into the catalogue.

    Args:
        name: in small letters, words joined by "_": also the name of the file.
        section: a key of SECTIONS.
        title, caption: (English, Korean).
    """

    def enter(make: Callable[[Scene], Drawn]) -> Callable[[Scene], Drawn]:
        assert name not in FIGURES and name not in SECTIONS and section in SECTIONS, name
        FIGURES[name] = Entry(name, section, title, caption, make)
        return make

    return enter


def figures() -> list[Entry]:
    """All figures, in the order of the page.

    Example:
        >>> "softmax" in [entry.name for entry in figures()]
        True
    """
    sections, places = list(SECTIONS), {name: place for place, name in enumerate(ORDER)}
    return sorted(FIGURES.values(), key=lambda entry: (sections.index(entry.section), places.get(entry.name, len(places))))


def titles() -> dict[str, str]:
    """Name and title of all figures, in today's language.

    Example:
        >>> titles()["softmax"]
        'Softmax as a table'
    """
    return {entry.name: entry.title[language() == "ko"] for entry in figures()}


def draw(name: str, scene: Scene | None = None) -> Drawn:
    """Makes one figure.

    Args:
        name: a name of the catalogue: `titles()`.
        scene: the model and the pictures it is made from; None: a digit network trained on the spot.

    Raises: UnknownName for a name that is not in the catalogue.

    Example:
        >>> draw("softmax").numbers["one-hot"].astype(int).tolist()
        [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    """
    if name not in FIGURES:
        raise UnknownName("draw(name)", "the name of a figure", repr(name), did_you_mean(name, FIGURES))
    return FIGURES[name].make(scene or Scene())
