"""`nabi evaluate`: a model on the test part of a data set."""

import argparse

from nabi.cli.main import DONE, say
from nabi.cli.output import emit_json, percent
from nabi.cli.places import model_file
from nabi.cli.words import t
from nabi.core.errors import DataError
from nabi.core.table import table
from nabi.lab.data import OVERLAPS, data_name, load_data
from nabi.lab.evaluation import evaluate
from nabi.lab.pictures import data_for, is_pictures
from nabi.models.saving import load_model


def run(args: argparse.Namespace) -> int:
    """Evaluates and prints accuracy with its interval, loss, and each class."""
    if args.data is not None and not is_pictures(args.data):
        data_name(args.data)
    path = model_file(args.model)
    model = load_model(path)
    learned = (model.card.get("data") or {}).get("name")
    if args.data is None and learned is None:
        raise DataError(f"model {path}", "a data set to evaluate on", "none named, and none in the model's card",
                        f"nabi evaluate {args.model} digits")
    name = args.data or str(learned)
    data = data_for(model, name) if is_pictures(name) else load_data(name)
    if (learned, data.name) in OVERLAPS:
        say(f"nabi: {t('note')}: {t('seen', data=learned, other=data.name)}")
    names = model.card.get("class_names")
    if names is not None and list(names) != list(data.class_names):
        raise DataError(f"data {data.name}", f"the model's classes, {', '.join(map(str, names))}", ", ".join(data.class_names))
    found = evaluate(model, data.x_test, data.y_test, data.class_names, args.batch_size)
    if args.json:
        emit_json({"model": str(path), "data": data.name, "sha256": data.fingerprint, **found.summary()})
        return DONE
    low, high = found.interval
    print(t("accuracy line", accuracy=percent(found.accuracy), correct=found.correct, total=found.total, low=percent(low),
            high=percent(high), baseline=percent(found.baseline)))
    if found.loss is not None:
        print(t("loss line", loss=f"{found.loss:.4f}"))
    rows = [[row["name"], percent(row["precision"]), percent(row["recall"]), f"{row['samples']:,}"] for row in found.by_class]
    print("\n" + table([t("class"), t("precision"), t("recall"), t("samples")], rows, right=(1, 2, 3)))
    return DONE
