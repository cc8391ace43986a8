"""`nabi draw`: a network as a diagram, .svg or .png: folded to a page, unfolded layer by layer, or one of its blocks.

    nabi draw resnet50 --block conv2_1 --out block.svg
"""

import argparse
from pathlib import Path

from nabi.cli.main import DONE
from nabi.cli.output import emit_json
from nabi.cli.summary import model_of
from nabi.core.errors import ArgumentError
from nabi.core.files import atomic
from nabi.core.language import say
from nabi.core.table import one_line
from nabi.models.described import described
from nabi.models.plotting import path_of, sheet
from nabi.viz.diagram import blocks
from nabi.zoo.card import CARDS, hyphened

WORDS: dict[str, tuple[str, str]] = {
    "diagram": ("diagram   {file}, {wide} x {high}, {cards} cards for {layers} layers",
                "그림      {file}, {wide} x {high}, 카드 {cards}장, 층 {layers}개"),
    "blocks": ("blocks    {names}", "블록      {names}"),
    "more": ("{names} and {n} more (--json names all)", "{names} 외 {n}개 (--json으로 모두 봅니다)"),
}  # fmt: skip
SHOWN = 8  # names of blocks that are printed


def run(args: argparse.Namespace) -> int:
    """Draws, writes the diagram and says what is on it."""
    if args.unfold and args.block:
        raise ArgumentError("nabi draw", "--unfold or --block", "both", "A block is drawn layer by layer.")
    path = path_of(args.out, "--out")
    model = model_of(args.model)
    title = hyphened(args.model) if hyphened(args.model) in CARDS and not Path(args.model).exists() else model.name
    diagram = sheet(model, args.unfold, args.block, "LR" if args.horizontal else "TB",
                    f"{title}: {args.block}" if args.block else title)
    content = diagram.png() if path.suffix.lower() == ".png" else diagram.svg.encode()
    with atomic(path) as file:
        file.write(content)
    graph = model.require_graph()
    names, layers = blocks(described(graph)), sum(bool(node.inputs) for node in graph.nodes)
    names += [layer.name for layer in graph.layers if getattr(layer, "graph", None) is not None]
    if args.json:
        cards = [{"name": node["name"], "kind": node.get("kind", ""), "shapes": [list(shape[1:]) for shape in node["shapes"]],
                  "parameters": node.get("parameters", 0)} for node in diagram.nodes]
        emit_json({"name": title, "figure": str(args.out), "layers": layers, "parameters": model.count_params(), "blocks": names,
                   "cards": cards, "edges": [list(edge[:2]) for edge in diagram.edges]})
        return DONE
    print(say(WORDS, "diagram", file=one_line(str(args.out)), wide=f"{diagram.width:.0f}", high=f"{diagram.height:.0f}",
              cards=len(diagram.nodes), layers=layers))
    if names and not args.block:
        shown = ", ".join(names[:SHOWN])
        more = len(names) - SHOWN
        print(say(WORDS, "blocks", names=say(WORDS, "more", names=shown, n=more) if more > 0 else shown))
    return DONE
