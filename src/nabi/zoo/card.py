"""Cards: what is known of a network: its paper, what of it the code follows, its size, its published accuracy.

    @network(PAPER, "table 1, column D", parameters=138_357_544, macs=15_470_264_320, accuracy="...")
    def vgg16(input_shape=(224, 224, 3), classes=1000, **options): ...

Parameters are what training changes, biases and batch normalisation's gamma and beta included; MACs are multiply-adds for one
sample. Both are for the input and classes that stand in the function's signature, and a test holds the built network to them.
"""

import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from nabi.core.errors import UnknownName, did_you_mean
from nabi.core.registry import register

F = TypeVar("F", bound=Callable[..., Any])
WIDTH = 100


@dataclass(frozen=True)
class Paper:
    """Where a network was published.

    Example:
        >>> print(Paper("Lin, Chen & Yan", "Network in network", "ICLR 2014", 2013))
        Lin, Chen & Yan, "Network in network", ICLR 2014
    """

    authors: str
    title: str
    venue: str
    year: int

    def __str__(self):
        return f'{self.authors}, "{self.title}", {self.venue}'


@dataclass(frozen=True)
class Card:
    """A network's card; print it.

    Attributes:
        name: what `build` takes.
        paper: where it was published, and its year.
        follows: the figure or table of the paper that the code follows.
        input_shape, classes: what the numbers below are for.
        parameters: numbers that training changes.
        macs: multiply-adds for one sample.
        accuracy: what was published, and where; "" if nothing was.
    """

    name: str
    paper: Paper
    follows: str
    input_shape: tuple[int, ...]
    classes: int
    parameters: int
    macs: int
    accuracy: str = ""

    def __str__(self):
        sizes = " x ".join(map(str, self.input_shape)) + " numbers" * (len(self.input_shape) == 1)
        rows = {"paper": self.paper, "year": self.paper.year, "follows": self.follows,
                "input": f"{sizes}, {self.classes:,} classes",
                "parameters": f"{self.parameters:,}", "MACs": f"{self.macs:,} a sample", "published": self.accuracy or "nothing"}
        return "\n".join([self.name, *(wrap(str(value), f"  {head:<11} ") for head, value in rows.items())])


CARDS: dict[str, Card] = {}


def network(paper: Paper, follows: str, parameters: int, macs: int, accuracy: str = "") -> Callable[[F], F]:
    """Decorator: enters a function that builds a network into the zoo, with its card.

    Args:
        paper, follows, parameters, macs, accuracy: see `Card`.
    """

    def enter(function: F) -> F:
        plain, arguments = hyphened(function.__name__), inspect.signature(function).parameters
        CARDS[plain] = Card(plain, paper, follows, arguments["input_shape"].default, arguments["classes"].default, parameters,
                            macs, accuracy)
        return register("network", plain)(function)

    return enter


def wrap(text: str, head: str) -> str:
    """A text behind its head, in lines of at most `WIDTH` columns."""
    return textwrap.fill(text, WIDTH, initial_indent=head, subsequent_indent=" " * len(head), break_on_hyphens=False)


def card(name: str) -> Card:
    """The card of a network.

    Example:
        >>> print(card("lenet5"))
        lenet5
          paper       LeCun, Bottou, Bengio & Haffner, "Gradient-based learning applied to document
                      recognition", Proc. IEEE 86
          year        1998
          follows     figure 2, with C3 connected to all maps
          input       32 x 32 x 1, 10 classes
          parameters  61,706
          MACs        416,520 a sample
          published   .95 % errors on MNIST (figure 9), of the 1998 form

    Raises:
        UnknownName: the zoo has no card of that name; the message offers the nearest one.
    """
    if hyphened(name) not in CARDS:
        raise UnknownName("zoo.card", "a network of the zoo", repr(name), did_you_mean(hyphened(name), CARDS))
    return CARDS[hyphened(name)]


def hyphened(name: str) -> str:
    """A network's name as `list` shows it.

    Example:
        >>> hyphened("ResNet50_v1.5")
        'resnet50-v1-5'
    """
    return str(name).lower().replace("_", "-").replace(".", "-").replace(" ", "-")
