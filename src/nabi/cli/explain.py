"""`nabi explain`: why a model answers what it answers to a picture: maps by several methods on one PNG sheet, with their checks.

    deletion         area under the answer while the pixels that count most go first: small is good, against the map moved
                     and a random order
    random weights   rank correlation with the map of the same network with random weights: near 0 is good
"""

import argparse
import time
from pathlib import Path
from typing import Any

from nabi import explain, viz
from nabi.cli import pictures
from nabi.cli.korean import told
from nabi.cli.main import DONE
from nabi.cli.main import say as line
from nabi.cli.output import emit_json
from nabi.cli.places import named_model
from nabi.cli.words import t
from nabi.core.errors import ArgumentError, DataError, StateError, UnknownName, did_you_mean
from nabi.core.language import say
from nabi.core.table import one_line, table
from nabi.explain import METHODS
from nabi.pictures import Damaged, look

USUAL = ("grad_cam", "smooth_grad", "integrated_gradients", "occlusion")
OF_LAYERS = ("cam", "grad_cam", "grad_cam_plus_plus")  # methods that need a layer with places
WITH_LAYER = OF_LAYERS[1:]
WORDS: dict[str, tuple[str, str]] = {
    "picture": ("picture   {file}, {size} -> {made}", "그림      {file}, {size} -> {made}"),
    "class": ("class     {name}, {share}, score {score}", "클래스    {name}, {share}, 점수 {score}"),
    "sheet": ("sheet     {file}", "저장      {file}"),
    "left out": ("{method} is left out: {reason}", "{method}: 제외했습니다. {reason}"),
    "method": ("method", "방법"),
    "layer": ("layer", "층"),
    "deletion": ("deletion", "삭제"),
    "moved": ("moved", "옮긴 맵"),
    "random": ("random order", "무작위 순서"),
    "weights": ("random weights", "무작위 가중치"),
    "error": (
        "integrated gradients: their sum misses the answer by {error}; --steps {more} brings it nearer.",
        "적분 기울기의 합이 답과 {error}만큼 다릅니다. --steps {more}(으)로 늘리면 줄어듭니다.",
    ),
}


def run(args: argparse.Namespace) -> int:
    """Explains, writes the sheet and says what is on it."""
    if not str(args.out).lower().endswith(".png"):
        raise ArgumentError("--out", "a name that ends in .png", repr(str(args.out)))
    names, chosen = methods(args.method), args.method is not None
    model = named_model(args.model)
    how = pictures.Preparation.of(model, args.invert)
    found = pictures.load(args.image, how)
    if len(found) != 1:
        raise DataError(f"picture {one_line(args.image)}", "one picture", len(found))
    explained: list[dict[str, Any]] = []
    for name in names:
        begin = time.perf_counter()
        try:
            one = explain_by(name, model, found[0], args)
        except StateError as error:
            if chosen and args.method != "all":
                raise
            left_out(name, error)
            continue
        result = one.data()
        if not args.quick:
            result["deletion"] = explain.deletion_curve(model, one, orders=2).data()
            result["sanity"] = explain.sanity_check(model, one, seeds=2).data()
        explained.append({**result, "seconds": time.perf_counter() - begin})
    viz.save(viz.explanation_sheet(explained), args.out)
    if args.json:
        says = {key: explained[0][key] for key in ("class_index", "class_name", "share", "score")}
        emit_json({"model": args.model, "file": args.image, **says, "sheet": str(args.out),
                   "methods": [plain(one) for one in explained]})
    else:
        show(args, how, explained)
    return DONE


def explain_by(name: str, model: Any, x: Any, args: argparse.Namespace) -> explain.Explanation:
    """One method with the options that it has."""
    wanted: Any = args.of_class
    if wanted is not None and wanted not in (model.card.get("class_names") or ()) and wanted.isdecimal():
        wanted = int(wanted)
    options: dict[str, Any] = {"layer": args.layer} if name in WITH_LAYER else {}
    if name == "integrated_gradients" and args.steps:
        options["steps"] = args.steps
    if args.output is not None:
        options["output"] = int(args.output) if args.output.isdecimal() else args.output
    return METHODS[name](model, x, wanted, **options)


def methods(text: str | None) -> tuple[str, ...]:
    """The methods of --method: "all", or names with commas; hyphens do for underscores.

    Example:
        >>> methods("grad-cam,saliency"), methods(None)[0], len(methods("all"))
        (('grad_cam', 'saliency'), 'grad_cam', 8)
    """
    if text is None or text == "all":
        return USUAL if text is None else tuple(METHODS)
    names = tuple(dict.fromkeys(part.strip().lower().replace("-", "_") for part in text.split(",")))
    for name in names:
        if name not in METHODS:
            raise UnknownName("--method", "a known method", repr(name), did_you_mean(name, METHODS))
    return names


def left_out(name: str, error: StateError) -> None:
    """Says why a method that nobody asked for by name is not on the sheet."""
    line(f"nabi: {t('note')}: {say(WORDS, 'left out', method=name, reason=told(error))}")


def plain(one: dict[str, Any]) -> dict[str, Any]:
    """What JSON says of a method: no maps, but the numbers about them."""
    kept = {key: one[key] for key in ("method", "layer", "signed", "seconds")}
    kept |= {key: value for key, value in one["details"].items() if isinstance(value, (int, float))}
    if "deletion" in one:
        kept["deletion"] = {key: float(one["deletion"][key]) for key in ("area", "moved_area", "random_area")}
        kept["random_weights"] = {"correlation": float(one["sanity"]["mean"]),
                                  "similarity": float(one["sanity"]["similarity"].mean())}
    return kept


def show(args: argparse.Namespace, how: pictures.Preparation, explained: list[dict[str, Any]]) -> None:
    """Prints picture, class, a row for each method, and where the sheet is."""
    first = explained[0]
    print(say(WORDS, "picture", file=one_line(Path(args.image).name), size=size(args.image), made=told_shape(how)))
    share = f"{100 * first['share']:.1f} %" if 0 <= first["share"] <= 1 else f"{first['share']:.4g}"
    print(say(WORDS, "class", name=first["class_name"], share=share, score=f"{first['score']:.4g}"))
    heads = [say(WORDS, key) for key in ("method", "layer", *(() if args.quick else ("deletion", "moved", "random", "weights")))]
    rows = []
    for one in explained:
        checks = [] if args.quick else [f"{float(one['deletion'][key]):.2f}" for key in ("area", "moved_area", "random_area")]
        checks += [] if args.quick else [f"{float(one['sanity']['mean']):.2f}"]
        rows.append([one["method"], one["layer"], *checks])
    print(table(heads, rows, right=range(2, len(heads))))
    for one in explained:
        error = float(one["details"].get("completeness_error", 0.0))
        if abs(error) > 0.05:
            print(say(WORDS, "error", error=f"{error:+.2f}", more=4 * one["options"]["steps"]))
    print(say(WORDS, "sheet", file=args.out))


def size(file: str) -> str:
    """The size and mode of a picture's file; that of an array is the model's."""
    try:
        facts = look(file)
    except Damaged:
        return Path(file).suffix.lstrip(".") or "array"
    return f"{facts.width} x {facts.height} {facts.mode}"


def told_shape(how: pictures.Preparation) -> str:
    """What a picture was made into: 28 x 28 x 1, pad."""
    height, width, channels = how.shape
    return f"{width} x {height} x {channels}, {how.fit}"
