"""`nabi summary`: the layers of a saved model or of a network of the zoo."""

import argparse
from pathlib import Path

from nabi import zoo
from nabi.cli.main import DONE
from nabi.cli.output import emit_json
from nabi.cli.places import model_file
from nabi.core.errors import FileError, UnknownName, did_you_mean
from nabi.models.rows import rows
from nabi.models.saving import load_model
from nabi.zoo.card import hyphened


def run(args: argparse.Namespace) -> int:
    """Prints the table, or the same numbers as JSON."""
    model = model_of(args.model)
    if not args.json:
        model.summary(show=args.show)
        return DONE
    layers = [{"name": row.layer.name, "class": type(row.layer).__name__, "depth": row.depth,
               "shapes": [list(shape[1:]) for shape in row.shapes], "parameters": row.parameters, "macs": row.macs,
               "memory": row.memory, "trainable": not row.frozen} for top in rows(model) for row in top.walk()]
    ends = {side: [list(s.shape[1:]) for s in getattr(model, side)] for side in ("inputs", "outputs")}
    emit_json({"name": model.name, **ends,
               "parameters": model.count_params(), "trainable": sum(w.size for w in model.trainable_weights), "layers": layers,
               "card": model.card})
    return DONE


def model_of(word: str):
    """A network of the zoo by name, else the model of a file or run.

    Raises:
        UnknownName: a plain word that is neither.
    """
    known = zoo.list_networks()
    plain = hyphened(word)
    if plain in known and not Path(word).exists():
        return zoo.outline(plain)
    try:
        path = model_file(word)
    except FileError:
        if Path(word).exists() or len(Path(word).parts) > 1:
            raise
        raise UnknownName("model", "a network, a .safetensors file or a run", repr(word), did_you_mean(plain, known)) from None
    return load_model(path, compile=False)
