"""Verdict: whether ways of training differ by more than their seeds: tests, corrected for how many there are, and sentences.

    the same seeds     the paired test over those that both have       other seeds     Welch's test       (`nabi.lab.seed_noise`)
"""

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from nabi.core.language import say
from nabi.lab.compare_words import WORDS
from nabi.lab.seed_noise import LEAST, holm, paired, welch

NOISE = 0.05  # P below which a difference counts as more than noise
LEAST_SHOWN = 1e-4  # of a probability, 0.01 %
CURVES = ("loss", "val_accuracy", "accuracy", "val_loss")  # logs that are drawn, the first two that there are


def judged(a: str, b: str, one: Mapping[Any, float], two: Mapping[Any, float], step: float) -> dict[str, Any]:
    """The test of two ways of training.

    Args:
        a, b: their names. one, two: seed -> accuracy. step: what one sample makes.

    Returns: {"a", "b", "difference", "test", "t", "df", "P", "n"}, the better one first; {"verdict": "one run" or "unknown"}
    instead of a test where there is none.

    Example:
        >>> found = judged("relu", "tanh", {1: 0.9, 2: 0.92}, {1: 0.95, 2: 0.96}, 0.001)
        >>> found["a"], found["test"], round(found["difference"], 3), found["n"]
        ('tanh', 'paired', 0.045, 2)
    """
    if not one or not two:
        return {"a": a, "b": b, "verdict": "unknown", "n": 0}
    common = [seed for seed in one if seed in two]
    alike = len(common) >= LEAST or (len(common) == 1 and len(one) == len(two) == 1)
    x, y = ([one[seed] for seed in common], [two[seed] for seed in common]) if alike else (list(one.values()), list(two.values()))
    if fmean(x) < fmean(y):
        a, b, x, y = b, a, y, x
    if min(len(x), len(y)) < LEAST:
        return {"a": a, "b": b, "difference": fmean(x) - fmean(y), "verdict": "one run", "n": min(len(x), len(y))}
    test = paired(x, y, step) if alike else welch(x, y, step)
    return {"a": a, "b": b, **vars(test)}


def several(pairs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The pairs with "corrected", Holm's P over all that were tested, "verdict": "more", "noise" or "equal", and "says"."""
    tested = [one for one in pairs if "P" in one]
    for one, P in zip(tested, holm([one["P"] for one in tested]), strict=True):
        one |= {"corrected": P, "verdict": "equal" if one["difference"] == 0 else "more" if P < NOISE else "noise"}
    return [one | {"says": sentence(one, len(tested))} for one in pairs]


def sentence(pair: Mapping[str, Any], tests: int) -> str:
    """What a pair says, in words; of so many tests."""
    if pair["verdict"] in ("unknown", "equal", "other data"):
        return say(WORDS, pair["verdict"], a=pair["a"], b=pair["b"])
    words = {"a": pair["a"], "b": pair["b"], "points": f"{100 * pair['difference']:.2f}"}
    if pair["verdict"] == "one run":
        return say(WORDS, "one run", **words)
    test = say(WORDS, pair["test"], n=pair["n"], t=f"{pair['t']:.2f}", df=f"{pair['df']:.1f}")
    alone = chance(pair["P"]) if pair["P"] < LEAST_SHOWN else f"= {chance(pair['P'])}"
    P = say(WORDS, "alone", P=alone)
    if tests > 1:
        P = say(WORDS, "corrected", P=alone, m=tests, corrected=chance(pair["corrected"]))
    return say(WORDS, pair["verdict"], **words, test=test, P=P)


def chance(P: float) -> str:
    """A probability as people read it.

    Example:
        >>> chance(0.00001), chance(0.0123), chance(0.46)
        ('below 0.01 %', '1.2 %', '46 %')
    """
    return say(WORDS, "less") if P < LEAST_SHOWN else f"{100 * P:.2g} %" if P < 0.1 else f"{100 * P:.0f} %"
