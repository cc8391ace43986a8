"""Cards: what is known of a network: its paper, what of it the code follows, its size, its published accuracy.

    @network(PAPER, "table 1, column D", parameters=138_357_544, macs=15_470_264_320, accuracy="...")
    def vgg16(input_shape=(224, 224, 3), classes=1000, **options): ...

Parameters are what training changes, biases and batch normalisation's gamma and beta included; MACs are multiply-adds for one
sample. Both are for the input and classes that stand in the function's signature, and a test holds the built network to them.
"""

import inspect
import re
import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from nabi.core.errors import UnknownName, did_you_mean
from nabi.core.language import language, say
from nabi.core.registry import lookup, register
from nabi.core.table import columns
from nabi.zoo.parts import weightless

WORDS: dict[str, tuple[str, str]] = {
    "paper": ("paper", "논문"),
    "year": ("year", "연도"),
    "follows": ("follows", "근거"),
    "input": ("input", "입력"),
    "parameters": ("parameters", "매개변수"),
    "MACs": ("MACs", "곱셈-덧셈"),
    "published": ("published", "발표된 값"),
    "weights": ("weights", "가중치"),
    "picture": ("{sizes}, {n} classes", "{sizes}, 클래스 {n}개"),
    "numbers": ("{sizes} numbers, {n} classes", "수 {sizes}개, 클래스 {n}개"),
    "in all": ("{n} trainable, {every} in all", "학습되는 것 {n}개, 전체 {every}개"),
    "a sample": ("{n} a sample", "표본마다 {n}번"),
    "nothing": ("nothing", "없음"),
    "imagenet": ("of ImageNet: build(\"{name}\", weights=\"imagenet\")",
                 "ImageNet으로 학습한 것: build(\"{name}\", weights=\"imagenet\")"),
    "torch": ("none here; load_torch(model, \"file.pth\") reads those of torchvision or timm",
              "없음. torchvision이나 timm의 파일은 load_torch(model, \"파일.pth\")로 읽습니다"),
    "torch's form": ("none here; torchvision's are for {name}", "없음. torchvision의 가중치는 {name}에 맞습니다"),
    "none": ("none", "없음"),
}  # fmt: skip
KOREAN = (  # what stands in cards -> in Korean
    (r"([\d.]+ %) top-1, ([\d.]+ %) top-5 errors on (\w+)", r"\3 오류율 top-1 \1, top-5 \2"),
    (r"([\d.]+ %) (top-\d )?errors on ([\w+-]+)", r"\3 \2오류율 \1"),
    (r"([\d.]+ %) (top-\d )?accuracy on ([\w-]+)", r"\3 \2정확도 \1"),
    ("after (\\d+) epochs", r"(\1 에포크)"), ("the plan above", "소스 파일 머리의 설계"),
    (r"\btable (\d+)", r"표 \1"), (r"\bfigure (\d+)", r"그림 \1"), (r"\bsection ([\d.]+)", r"\1절"), (r"\bcolumn (\w)", r"\1열"),
    (r"(\d+)-layer", r"\1층"), (r"(\d+) crops?", r"\1곳을 잘라 평균"), ("with identity shortcuts", "항등 지름길"),
    ("the authors' README", "저자의 README"), ("one scale", "한 가지 크기"), ("trained on several", "여러 크기로 학습"),
    ("its first weights", "첫 가중치"), (r"\bthe script", "원래 스크립트"),
    ("strides as in torchvision", "보폭은 torchvision과 같음"),
)  # fmt: skip
F = TypeVar("F", bound=Callable[..., Any])
WIDTH = 100
PRETRAINED = ("efficientnet-lite0",)  # whose weights of ImageNet lie in a Python package
IN_TORCH = re.compile(r"alexnet-one-tower|vgg1\d(-bn)?|googlenet-bn|resnet(18|34)|resnet\d+-v1-5|densenet[12]\d\d")  # theirs too


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
        weights: names of trained weights that `build(name, weights=...)` takes.
    """

    name: str
    paper: Paper
    follows: str
    input_shape: tuple[int, ...]
    classes: int
    parameters: int
    macs: int
    accuracy: str = ""

    @property
    def weights(self) -> tuple[str, ...]:
        return ("imagenet",) if self.name in PRETRAINED else ()

    def counted(self) -> str:
        """Its parameters, and beside them the weights of all kinds where there are others, as `count_params` counts them."""
        with weightless():
            every = lookup("network", self.name)().count_params()
        many = f"{self.parameters:,}"
        return many if every == self.parameters else say(WORDS, "in all", n=many, every=f"{every:,}")

    def said_of_weights(self) -> str:
        """Which trained weights there are, and how to have them."""
        if self.weights:
            return say(WORDS, "imagenet", name=self.name)
        if IN_TORCH.fullmatch(self.name):
            return say(WORDS, "torch")
        return say(WORDS, "torch's form", name=f"{self.name}-v1-5") if f"{self.name}-v1-5" in CARDS else say(WORDS, "none")

    def __str__(self):
        sizes = " x ".join(map(str, self.input_shape))
        rows = {"paper": self.paper, "year": self.paper.year, "follows": worded(self.follows),
                "input": say(WORDS, "numbers" if len(self.input_shape) == 1 else "picture", sizes=sizes, n=f"{self.classes:,}"),
                "parameters": self.counted(), "MACs": say(WORDS, "a sample", n=f"{self.macs:,}"),
                "published": worded(self.accuracy) or say(WORDS, "nothing"), "weights": self.said_of_weights()}
        heads = {key: say(WORDS, key) for key in rows}
        width = max(map(columns, heads.values()))
        return "\n".join([self.name, *(wrap(str(value), f"  {heads[key]}{' ' * (width - columns(heads[key]))}  ")
                                       for key, value in rows.items())])


CARDS: dict[str, Card] = {}
SPELLINGS: dict[str, str] = {}  # a name squeezed -> the name


def network(paper: Paper, follows: str, parameters: int, macs: int, accuracy: str = "") -> Callable[[F], F]:
    """Decorator: enters a function that builds a network into the zoo, with its card.

    Args:
        paper, follows, parameters, macs, accuracy: see `Card`.
    """

    def enter(function: F) -> F:
        plain, arguments = hyphened(function.__name__), inspect.signature(function).parameters
        CARDS[plain] = Card(plain, paper, follows, arguments["input_shape"].default, arguments["classes"].default, parameters,
                            macs, accuracy)
        SPELLINGS[squeezed(plain)] = plain
        return register("network", plain)(function)

    return enter


def worded(text: str) -> str:
    """What a card says of its source or accuracy, in today's language; names stay as they are."""
    for pattern, korean in KOREAN if language() == "ko" else ():
        text = re.sub(pattern, korean, text)
    return text


def wrap(text: str, head: str) -> str:
    """A text behind its head, in lines of at most `WIDTH` columns."""
    room = WIDTH - columns(head)
    lines = textwrap.wrap(text, room, break_on_hyphens=False)
    return head + f"\n{' ' * columns(head)}".join(lines)


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
          weights     none

    Raises:
        UnknownName: the zoo has no card of that name; the message offers the nearest one.
    """
    if hyphened(name) not in CARDS:
        raise UnknownName("zoo.card", "a network of the zoo", repr(name), offered(hyphened(name), CARDS))
    return CARDS[hyphened(name)]


def offered(name: str, known: Iterable[str]) -> str:
    """What to say to a name that the zoo does not have: those that begin with it, where there are several, or the nearest.

    Example:
        >>> offered("vgg", ["vgg11", "vgg16", "nin"]), offered("vg16", ["vgg11", "vgg16", "nin"])
        ('Several begin so: vgg11, vgg16.', "Did you mean 'vgg16'? Known: nin, vgg11, vgg16.")
    """
    family = sorted((other for other in known if name and other.startswith(name)), key=numbered)
    return f"Several begin so: {', '.join(family)}." if len(family) > 1 else did_you_mean(name, known)


def numbered(name: str) -> list[Any]:
    """A name by whose numbers, as numbers, names are put in order: resnet18 before resnet101."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


def hyphened(name: str) -> str:
    """A network's name as `list` shows it, however it is spelled; of what is no network the words, with hyphens between.

    Example:
        >>> hyphened("ResNet50_v1.5"), hyphened("VGG-16"), hyphened("my_net")
        ('resnet50-v1-5', 'vgg16', 'my-net')
    """
    return SPELLINGS.get(squeezed(name)) or "-".join(re.split("[-_. ]", str(name).lower()))


def squeezed(name: str) -> str:
    """A name without what parts its words, by which a network is found.

    Example:
        >>> squeezed("LeNet-5_1998"), squeezed("VGG 16")
        ('lenet51998', 'vgg16')
    """
    return re.sub("[-_. ]", "", str(name).lower())
