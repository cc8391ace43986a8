"""Page: a run as one HTML file: style and pictures inside, nothing from the network; screens, phones, paper, light, dark."""

import time
from pathlib import Path

from nabi import viz
from nabi.core.files import atomic
from nabi.core.language import language
from nabi.core.version import __version__
from nabi.lab.data import Data
from nabi.lab.evaluation import Evaluation
from nabi.lab.report import inside, looks, sections
from nabi.lab.report.markup import Html, tag
from nabi.lab.report.two_classes import roc, told
from nabi.lab.report.words import t
from nabi.lab.run import Run, made_folder
from nabi.lab.two_classes import TwoClasses
from nabi.viz.confusion import MOST_CLASSES
from nabi.viz.style import save

STYLE = Path(__file__).with_name("report.css")
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
WINGS = ("M31 30 C18 4 2 6 4 18 C5 27 18 33 31 32 Z", "M31 34 C18 33 9 40 12 49 C15 58 27 52 31 36 Z")


def write_report(run: Run, model, data: Data | None = None, evaluation: Evaluation | None = None,
                 two: TwoClasses | None = None) -> None:
    """Writes report.html and the figures of a run.

    Args:
        run: the run folder.
        model: the trained model, for its summary.
        data: the data set, whose test pictures are shown where they were misread.
        evaluation: what the model answered on the test set.
        two: scores and threshold, where there are two classes.

    Raises:
        FileError: the folder cannot be written.
    """
    write_figures(run, data, evaluation)
    if two is not None:
        save(roc(two), run.figures / "roc_curve.png")
    content = "<!doctype html>\n" + page(run, model, data, evaluation, two) + "\n"
    with atomic(run.report) as file:
        file.write(content.encode("utf-8"))


def page(run: Run, model, data: Data | None, evaluation: Evaluation | None, two: TwoClasses | None = None) -> Html:
    """The whole document."""
    recipe = run.recipe
    title = t("title", model=recipe["model"], data=recipe["data"]) if "data" in recipe else str(recipe.get("model", run.name))
    body = [sections.headline(run, evaluation), sections.facts(run, evaluation), sections.learning(run),
            inside.training(run)]
    timed = inside.times(inside.measured(run, model, data)) if evaluation is not None else None
    if evaluation is not None:
        pair = [sections.confusion(evaluation), sections.classes(evaluation)]
        body.append(tag("div", pair, class_="pair"))
        body.append(tag("div", inside.sureness(evaluation), timed, class_="pair"))
        body.append(told(two) if two is not None else None)
        if data is not None:
            body += [sections.misread(evaluation, data.x_test, data.ink), looks.cams(model, data, evaluation),
                     looks.seen(model, data, evaluation)]
    body += [sections.network(model, looks.diagram(model)),
             tag("div", sections.recipe(run), sections.environment(run), class_="pair")]
    brand = tag("p", butterfly(), tag("b", "nabi"), tag("span", run.name), class_="brand")
    top = tag("header", brand, tag("h1", title), sections.trouble(run))
    return tag("html", head(title), tag("body", top, tag("main", body), footer(run, evaluation)), lang=language())


def head(title: str) -> Html:
    """Title, style, and the rule that nothing may be loaded."""
    metas = [tag("meta", charset="utf-8"), tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
             tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
             tag("meta", name="color-scheme", content="light dark")]
    return tag("head", metas, tag("title", f"{title} · nabi"), tag("style", Html(STYLE.read_text(encoding="utf-8"))))


def footer(run: Run, evaluation: Evaluation | None) -> Html:
    """Where the interval comes from, and who made the page."""
    wilson = None if evaluation is None else tag("p", t("wilson", correct=evaluation.correct, total=evaluation.total))
    begun = (run.last("start") or {}).get("time", time.time())
    made = tag("p", t("made", version=__version__, day=time.strftime("%Y-%m-%d %H:%M", time.localtime(begun))))
    return tag("footer", wilson, made)


def butterfly() -> Html:
    """The mark: a butterfly, which is what nabi means."""
    wings = [tag("path", d=d) for d in WINGS]
    body = tag("path", d="M32 22 V48 M32 22 C31 16 28 12 25 11 M32 22 C33 16 36 12 39 11", class_="body")
    right = tag("g", wings, transform="matrix(-1 0 0 1 64 0)")
    return tag("svg", tag("g", wings), right, body, viewBox="0 0 64 64", aria_hidden="true", class_="mark")


def write_figures(run: Run, data: Data | None, evaluation: Evaluation | None) -> None:
    """figures/*.png, for slides and notebooks."""
    made_folder(run.figures)
    history = {name: [float("nan") if value is None else value for value in values] for name, values in run.history.items()}
    best = run.kept_epoch
    if history:
        save(viz.learning_curves(history, None if best is None else best - 1), run.figures / "learning_curves.png")
    if evaluation is None:
        return
    names = evaluation.class_names
    if 2 <= len(names) <= MOST_CLASSES:
        save(viz.confusion_matrix(evaluation.confusion, names), run.figures / "confusion_matrix.png")
    if data is not None:
        wrong = evaluation.misread[: sections.MOST_MISREAD]
        read = (evaluation.truth[wrong], evaluation.answers[wrong], evaluation.sure[wrong])
        grid = viz.misread_grid(data.x_test[wrong], *read, names, ink=data.ink, total=len(evaluation.misread))
        save(grid, run.figures / "misread.png")
