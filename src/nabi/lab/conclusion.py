"""Conclusion: what the end of a search leaves in its folder: the best recipe, how much each entry mattered, a figure.

    fANOVA    a random forest learns val_accuracy from the entries; an entry's share is the share of the forest's variance that is
              its own, over the whole space; trials that were given up count with what they had reached; an entry that only some
              trials had use for, such as momentum beside Adam, has no share

Source: Hutter, Hoos & Leyton-Brown, "An efficient approach for assessing hyperparameter importance", ICML 2014, section 4.
"""

import json
import math
from typing import Any

from nabi import viz
from nabi.core.files import atomic
from nabi.lab.space import Choice, Span, parsed
from nabi.lab.trials import BEST, FIGURE, IMPORTANCE, JUDGED_BY, Tuning
from nabi.viz.style import save

ENOUGH = 4  # trials from which shares are measured


def conclude(search: Tuning, study: Any) -> None:
    """Writes best.toml, importance.json and tune.png, as far as there is something to write."""
    if search.best is not None:
        search.best.recipe.write(search.folder / BEST)
    with atomic(search.folder / IMPORTANCE) as file:
        file.write(json.dumps(importance(study), allow_nan=False).encode())
    if search.trials:
        save(figure(search), search.folder / FIGURE)


def importance(study: Any) -> dict[str, Any]:
    """{"shares": entry -> share, largest first, "trials": n, "why": None or the word for why there are none, "left_out": entries
    that only some of the trials have}."""
    import optuna

    states = optuna.trial.TrialState
    trials = [trial for trial in study.trials if trial.state in (states.COMPLETE, states.PRUNED) and trial.value is not None]
    drawn = [set(trial.params) for trial in trials]
    common = set.intersection(*drawn) if drawn else set()
    if len(trials) < ENOUGH or len(common) < 2:
        return {"shares": {}, "trials": ENOUGH, "why": "too few", "left_out": []}
    if len({trial.value for trial in trials}) == 1:
        return {"shares": {}, "trials": len(trials), "why": "no difference", "left_out": []}
    try:
        measure = optuna.importance.FanovaImportanceEvaluator(seed=0)
    except ImportError:
        return {"shares": {}, "trials": len(trials), "why": "no sklearn", "left_out": []}
    whole = optuna.create_study(direction="maximize")
    whole.add_trials([optuna.trial.create_trial(params=t.params, distributions=t.distributions, value=t.value) for t in trials])
    shares = optuna.importance.get_param_importances(whole, evaluator=measure, params=sorted(common))
    return {"shares": {entry: float(share) for entry, share in shares.items()}, "trials": len(trials), "why": None,
            "left_out": sorted(set.union(*drawn) - common)}


def figure(search: Tuning) -> Any:
    """The search as a figure."""
    trials, wanted = search.trials, {entry: parsed(entry, text) for entry, text in search.vary.items()}
    values = [math.nan if t.val_accuracy is None or t.state == "failed" else t.val_accuracy for t in trials]
    entries = {entry: [trial.values[entry] for trial in trials] for entry in search.vary}
    log = [entry for entry, of in wanted.items() if isinstance(of, Span) and of.log]
    apart = [entry for entry, of in wanted.items() if isinstance(of, Choice)]
    return viz.search(values, entries, [t.state != "finished" for t in trials], log, apart, JUDGED_BY)
