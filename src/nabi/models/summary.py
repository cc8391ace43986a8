"""Summary: a model as a table: shapes, parameters, multiply-adds, activation memory and receptive field of each layer.

    layer (type)   output shape   params   MACs   memory   field   jump   reads

    MACs     multiply-adds for one sample           memory   bytes of the layer's output for one sample in float32
    field    receptive field: pixels of the input   jump     pixels between the fields of neighbouring places
    reads    numbers of the lines it reads, where that is not just the line above

The total counts every weight once, however often its layer is used.
"""

import os
import re
import sys
from collections.abc import Callable

from nabi.core.errors import ArgumentError, did_you_mean
from nabi.core.language import language, say
from nabi.core.names import snake_case
from nabi.core.shapes import as_text
from nabi.core.table import columns
from nabi.models.arithmetic import arithmetic
from nabi.models.drawing import Line, breadth, human, narrowest, natural, table
from nabi.models.graph import unique
from nabi.models.own_call import OwnCall
from nabi.models.rates import frozen_layers
from nabi.models.rows import Row, rows, total

WIDTH = 100
GIVEN_UP = ("jump", "field", "memory")  # columns, where the window is too narrow for all
WORDS: dict[str, tuple[str, str]] = {  # heads of columns, and what stands below the table
    "#": ("#", "#"),
    "layer (type)": ("layer (type)", "층 (종류)"),
    "output shape": ("output shape", "출력 형태"),
    "params": ("params", "매개변수"),
    "MACs": ("MACs", "MACs"),
    "memory": ("memory", "메모리"),
    "field": ("field", "수용 영역"),
    "jump": ("jump", "간격"),
    "learns": ("learns", "학습"),
    "reads": ("reads", "입력"),
    "yes": ("yes", "예"),
    "no": ("no", "아니요"),
    "Total params": ("Total params", "전체 매개변수"),
    "Trainable params": ("Trainable params", "학습하는 매개변수"),
    "Non-trainable params": ("Non-trainable params", "고정된 매개변수"),
    "MACs a sample": ("MACs a sample", "표본당 MACs"),
    "Activations a sample": ("Activations a sample", "표본당 출력 메모리"),
    "in float32": ("in float32", "float32일 때"),
    "legend": ("", "MACs: 곱셈-덧셈 횟수"),
    "legend of jumps": ("", "간격: 이웃한 두 값이 보는 곳의 거리(픽셀)"),
    "given up": ("Too narrow for {names}: summary(line_length=100) shows all columns.",
                 "창이 좁아 {names} 열을 뺐습니다. summary(line_length=100)은 모두 보여 줍니다."),
    "frozen norms": ("[frozen] BatchNormalization is in inference mode: its means and variances stand still",
                     "[frozen]인 BatchNormalization은 추론 모드입니다. 평균과 분산이 바뀌지 않습니다"),
    "changed": ("`trainable` was changed after compile(): training goes by what it was; compile() again to change that.",
                "compile() 뒤에 `trainable`을 바꾸었습니다. 학습은 바꾸기 전대로 합니다. compile()을 다시 부르면 반영됩니다."),
}  # fmt: skip
SHORT = {"BatchNormalization": "BN", "LayerNormalization": "LN", "GroupNormalization": "GN",
         "LocalResponseNormalization": "LRN"}  # where room is scarce; Pooling becomes Pool there, as in Keras' short names
MOST_TERMS, MOST_NAMED = 12, 3


def summary(model, line_length: int | None = None, expand_nested: bool = False, show_trainable: bool = False,
            layer_range: list[str] | tuple[str, str] | None = None, show: str | None = None) -> str:
    """The table as text.

    Args:
        model: the model.
        line_length: most characters a line; None means 100, or those of a narrower terminal, for which columns are left out.
        expand_nested: open nested models.
        show_trainable: a column that says which layers learn.
        layer_range: [first, last] names, or patterns of names, of the layers to show.
        show: "arithmetic" adds how each number comes about.

    Raises:
        ArgumentError: an unknown `show`, or a `layer_range` that fits no layer.
    """
    if show not in (None, "arithmetic"):
        raise ArgumentError("summary(show)", "'arithmetic' or None", repr(show))
    kind = type(model).__name__
    if model.graph is None:
        return unbuilt(model) if not model.written or model.has_call else without_call(model)
    found = rows(model)
    chosen = ranged(found, layer_range)
    shown = [(row, tree) for top in found for row, tree in (opened(top) if expand_nested or is_own(top) else [(top, "")])]
    numbers = {id(row): str(number) for number, (row, _) in enumerate(shown, 1)}
    inside = {id(row) for top in chosen for row in top.walk()}
    shown = [(row, tree) for row, tree in shown if id(row) in inside]
    chosen_columns = columns_for([row for row, _ in shown], numbers, show_trainable)
    heads = [head for head, _ in chosen_columns]
    first = heads.index("layer (type)")
    lines = []
    for row, tree in shown:
        cells = [function(row) if row.given or i <= first + 1 else "" for i, (_, function) in enumerate(chosen_columns)]
        cells[first] = tree + cells[first]
        lines.append(Line(cells, explained(row, tree, expand_nested) if show else []))
    width = line_length or room()
    if breadth(natural(heads, lines)) > width:
        for (row, tree), line in zip(shown, lines, strict=True):
            line.cells[first] = tree + layer_cell(row, short=True)
    gone = [] if line_length else give_up(heads, lines, shrunk(heads, first), width)
    left = {i for i, head in enumerate(heads) if head in ("layer (type)", "output shape", "reads")}
    of = f"   {len(chosen)} of {len(found)} layers" if layer_range else ""
    title = f"{kind} '{model.name}'   {ends(model.inputs)} -> {ends(model.outputs)}{of}"
    foot = totals(model, found, show)
    if gone:
        foot.append(say(WORDS, "given up", names=", ".join(say(WORDS, head) for head in gone)))
    if language() == "ko":
        foot.append(", ".join(say(WORDS, key) for key in ("legend", "legend of jumps") if key == "legend" or "jump" in heads))
    return table(title, [say(WORDS, head) for head in heads], lines, foot, left, shrunk(heads, first), first, width)


def room() -> int:
    """Columns of a table: those of the terminal, at most `WIDTH`; `WIDTH` where there is none."""
    try:
        return min(WIDTH, os.get_terminal_size(sys.stdout.fileno()).columns or WIDTH)
    except (OSError, ValueError, AttributeError):
        return WIDTH


def shrunk(heads: list[str], first: int) -> list[int]:
    """Numbers of the columns that may be wrapped: the layers' and what they read."""
    return [first, *([len(heads) - 1] if heads[-1] == "reads" else [])]


def give_up(heads: list[str], lines: list[Line], shrink: list[int], width: int) -> list[str]:
    """Takes columns out until the table fits `width` as far as that helps; gives their heads."""
    gone = []
    for head in GIVEN_UP:
        if head in heads and breadth(narrowest(heads, lines, shrink)) > width:
            place = heads.index(head)
            for cells in (heads, *(line.cells for line in lines)):
                del cells[place]
            shrink = shrunk(heads, shrink[0])
            gone.append(head)
    return gone[::-1]


def columns_for(shown: list[Row], numbers: dict[int, str], show_trainable: bool) -> list[tuple[str, Callable[[Row], str]]]:
    """(title, what it says of a row) of each column; some are there only if they have something to say."""
    columns = [("layer (type)", layer_cell), ("output shape", lambda row: " ".join(map(as_text, row.shapes))),
               ("params", lambda row: "shared" if row.again and row.layer.weights else f"{row.parameters:,}"),
               ("MACs", macs_cell), ("memory", lambda row: human(row.memory))]
    if any(row.sees is None or row.sees for row in shown):
        columns.append(("field", lambda row: "?" if row.sees is None else row.sees.text))
        columns.append(("jump", lambda row: "" if row.sees is None else row.sees.jump_text))
    if show_trainable:
        columns.append(("learns", lambda row: say(WORDS, "no" if row.frozen else "yes") if row.layer.weights else ""))
    if any(not row.follows for row in shown):
        columns.insert(0, ("#", lambda row: numbers[id(row)]))
        columns.append(("reads", lambda row: "" if row.follows else ", ".join(numbers.get(id(r), "input") for r in row.reads)))
    return columns


def macs_cell(row: Row) -> str:
    """Multiply-adds; of a layer of the user's, which nobody can count, it says so."""
    if uncounted(row) and not row.macs:
        return "not counted"
    return "?" if row.macs is None else f"{row.macs:,}"


def is_own(row: Row) -> bool:
    """Whether a row is the `call` of a model as one op; then what it calls is shown below it."""
    return isinstance(row.layer, OwnCall)


def ends(symbols) -> str:
    """Shapes of a model's inputs or outputs."""
    return ", ".join(as_text(symbol.shape) for symbol in symbols)


def layer_cell(row: Row, short: bool = False) -> str:
    """`conv2d (Conv2D)`, and whether it is frozen; in short `conv2d`, where the name says the type already."""
    layer, kind = row.layer, type(row.layer).__name__
    said = re.fullmatch(rf"{snake_case(kind)}(_\d+)?", layer.name)
    frozen = row.frozen or (layer.frozen_is_inference and row.still)
    kind = SHORT.get(kind, kind.replace("Pooling", "Pool").replace("Average", "Avg")) if short else kind
    shown = f" ({kind})"
    return layer.name + ("" if short and said else shown) + (" [frozen]" if frozen else "")


def unbuilt(model) -> str:
    """One line about a model whose input is not known."""
    count = len(model.layers)
    layers = f"{count} layer{'s'[:count > 1]}, input shape unknown" if count else "no layers"
    first = "Call it on data" if model.written else "Give the first layer input_shape=..."
    remedy = f"{first}, or call model.build((None, 28, 28, 1))." if count else "model.add(...)"
    return f"{type(model).__name__} '{model.name}' is not built yet: {layers}. {remedy}"


def without_call(model) -> str:
    """A model that only trains others, as a GAN does: its parts, and how to see more of each."""
    parts = {name: part for name, part in vars(model).items() if any(part is layer for layer in model.layers)}
    title = f"{type(model).__name__} '{model.name}' has no call: what it does with its parts stands in its train_step."
    lines = []
    for name, part in parts.items():
        built = part.built and part.weights
        params = f"{sum(w.size for w in unique(part.weights)):,} params"
        size = params if built else "not built yet" if part.keeps else "no params"
        more = f"   model.{name}.summary()" if hasattr(part, "summary") else ""
        lines.append(f"   {name} ({type(part).__name__}): {size}{more}")
    return "\n".join([title, *lines])


def opened(row: Row, indent: str = "") -> list[tuple[Row, str]]:
    """A row and those inside it, each with the branches of the tree before it."""
    found = [(row, indent)]
    below = indent.replace("├─ ", "│  ").replace("└─ ", "   ")
    for number, inner in enumerate(row.inner):
        found += opened(inner, below + ("└─ " if number == len(row.inner) - 1 else "├─ "))
    return found


def explained(row: Row, tree: str, expand_nested: bool) -> list[str]:
    """The lines of arithmetic below a row, equal signs below each other; a closed nested model has its sums only."""
    equations = arithmetic(row)
    if not equations:
        return []
    label = max(len(e.label) for e in equations)
    number = max(len(e.left) for e in equations)
    indent = tree.replace("├─ ", "│  ").replace("└─ ", "   ") + ("│  " if row.inner and expand_nested else "   ")
    return [f"{indent}{e.label.ljust(label)}  {e.left.rjust(number)} = {e.formula}   {e.note}".rstrip() for e in equations]


def ranged(found: list[Row], layer_range) -> list[Row]:
    """The rows from the first to the last name or pattern of `layer_range`, as in Keras."""
    if layer_range is None:
        return found
    if len(layer_range) != 2:
        raise ArgumentError("summary(layer_range)", "[first, last]", repr(layer_range))
    names = [row.layer.name for row in found]
    places = []
    for pattern in layer_range:
        try:
            fitting = [i for i, name in enumerate(names) if name == pattern or re.match(pattern, name)]
        except re.error as error:
            raise ArgumentError("summary(layer_range)", "names or patterns of names", repr(pattern), str(error)) from None
        if not fitting:
            raise ArgumentError("summary(layer_range)", "names of layers", repr(pattern), did_you_mean(pattern, names))
        places.append(fitting)
    either = places[0] + places[1]
    ordered = min(places[0]) <= max(places[1])
    return found[min(places[0]):max(places[1]) + 1] if ordered else found[min(either):max(either) + 1]


def totals(model, found: list[Row], show: str | None) -> list[str]:
    """Parameters by kind with their size, multiply-adds and memory of one sample."""
    learned = set(map(id, model.trainable_weights))
    weights = unique(model.weights)
    kinds = {"Total params": weights, "Trainable params": [w for w in weights if id(w) in learned],
             "Non-trainable params": [w for w in weights if id(w) not in learned]}
    numbers = {name: f"{sum(w.size for w in part):,}" for name, part in kinds.items()}
    all_macs, bytes_ = total(row.macs for row in found), total(row.memory for row in found)
    numbers["MACs a sample"] = "?" if all_macs is None else f"{all_macs:,}"
    width = max(map(len, numbers.values()))
    text = {name: f"{labelled(name)}{number:>{width}}" for name, number in numbers.items()}
    for name, part in kinds.items():
        text[name] += f"   ({human(sum(w.size * w.value.element_size() for w in part), 2)})"
    foot = [*text.values(), f"{labelled('Activations a sample')}{human(bytes_):>{width}}   ({say(WORDS, 'in float32')})"]
    if model.opaque is not None:
        foot.append(f"call is one op, whose layers are not fused: {model.opaque}")
    foot += remarks([row for top in found for row in top.walk()])
    if model.trainer is not None and model.trainer.frozen != frozen_layers(model):
        foot.append(say(WORDS, "changed"))
    for label, terms in (("params", [row.parameters for row in found]), ("MACs", [row.macs or 0 for row in found])):
        terms = [f"{n:,}" for n in terms if n]
        if show and 1 < len(terms) <= MOST_TERMS:
            foot.append(f"{numbers['Total params' if label == 'params' else 'MACs a sample']} = {' + '.join(terms)}   {label}")
    return foot


def labelled(name: str) -> str:
    """What a total is of, in 22 columns."""
    text = f"{say(WORDS, name)}:"
    return text + " " * (22 - columns(text))


def remarks(found: list[Row]) -> list[str]:
    """What the table cannot say in a cell: norms that stand still, and layers whose arithmetic nobody counts."""
    said = []
    if any(row.still and row.layer.frozen_is_inference for row in found):
        said.append(say(WORDS, "frozen norms"))
    open_ended = unique([row.layer for row in found if uncounted(row)])
    if open_ended:
        kinds = [type(layer.model if isinstance(layer, OwnCall) else layer).__name__ for layer in open_ended]
        named = ", ".join(f"{layer.name} ({kind})" for layer, kind in list(zip(open_ended, kinds, strict=True))[:MOST_NAMED])
        more = f" and {len(open_ended) - MOST_NAMED} more" if len(open_ended) > MOST_NAMED else ""
        said.append(f"MACs not counted: what the call of {named}{more} computes itself; a layer's macs(self, input_shape, "
                    "output_shape) can tell it")
    return said


def uncounted(row: Row) -> bool:
    """Whether a layer's `call` is the user's, and nothing says what it computes beside the layers inside it."""
    layer = row.layer
    return bool(layer.own_code and not layer.counts_macs and not layer.holds_layers)
