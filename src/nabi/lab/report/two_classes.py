"""Two classes: the report's section on a yes-or-no question: figures at the threshold, and the ROC curve."""

from matplotlib.figure import Figure

from nabi import viz
from nabi.lab.report.markup import Html, png_uri, tag
from nabi.lab.report.words import percent, t
from nabi.lab.two_classes import TwoClasses
from nabi.viz.labels import number

SHARES = ("precision", "recall", "f1", "balanced_accuracy")


def told(two: TwoClasses) -> Html:
    """Precision, recall, F1 and area, and the curve's picture."""
    found = two.summary()
    rows = [("auc", "-" if found["auc"] is None else number(found["auc"])), ("threshold", f"{two.threshold:.2f}")]
    rows += [(key, "-" if found[key] is None else percent(found[key])) for key in SHARES]
    facts = tag("dl", [tag("div", tag("dt", t(key)), tag("dd", text)) for key, text in rows], class_="facts")
    curve = tag("img", src=png_uri(viz.png(roc(two))), alt=t("auc"), class_="paper")
    note = tag("p", t("two note", name=two.name, threshold=two.threshold))
    return tag("section", tag("h2", t("two", name=two.name)), note, facts, curve, class_="two wide")


def roc(two: TwoClasses) -> Figure:
    """The ROC curve with the threshold marked."""
    false, true = two.roc()
    above = two.scores >= two.threshold
    ones = two.truth == 1
    point = (float(above[~ones].mean()), float(above[ones].mean())) if ones.any() and not ones.all() else None
    return viz.roc_curve(false.tolist(), true.tolist(), point, two.name)
