"""Search spaces: what is written is what is drawn; what cannot be meant is named."""

from dataclasses import replace

import numpy as np
import pytest

from nabi.core.errors import ArgumentError, UnknownName
from nabi.lab.conclusion import importance
from nabi.lab.options import drawn, space_of, takes
from nabi.lab.recipe import Recipe
from nabi.lab.space import DEFAULT, Choice, Span, parsed, placed, value_in
from nabi.lab.study import end_trial, next_trial, opened

READ = {
    ("learning_rate", "1e-4..1e-2"): Span(1e-4, 1e-2, log=True),
    ("learning_rate", "0.01..0.05"): Span(0.01, 0.05),
    ("learning_rate", "0.01..0.1"): Span(0.01, 0.1, log=True),
    ("learning_rate", "lin:1e-4..1e-2"): Span(1e-4, 1e-2),
    ("learning_rate", "log:0.01 .. 0.05"): Span(0.01, 0.05, log=True),
    ("learning_rate", "x0.1..x10"): Span(0.1, 10.0, log=True, times=True),
    ("label_smoothing", "0..0.2"): Span(0, 0.2),
    ("batch_size", "16..64"): Span(16, 64, whole=True),
    ("batch_size", "16..256"): Span(16, 256, log=True, whole=True),
    ("batch_size", "int:log:16..1e2"): Span(16, 100, log=True, whole=True),
    ("optimizer", "adam, sgd"): Choice(("adam", "sgd")),
    ("class_weight", "none,balanced"): Choice((None, "balanced")),
    ("patience", (None, 3)): Choice((None, 3)),
    ("augment.flip", "none,horizontal"): Choice(("none", "horizontal")),
    ("model.width", "0.5,1,2"): Choice((0.5, 1, 2)),
    ("model.batch_norm", "true,false"): Choice((True, False)),
    ("batch_size", (32, 64, 32)): Choice((32, 64)),
}


@pytest.mark.parametrize("line, meant", READ.items(), ids=lambda part: " ".join(map(str, part)) if type(part) is tuple else "")
def test_what_is_written_is_what_is_meant(line, meant):
    assert parsed(*line) == meant
    assert parsed(line[0], meant.plain()) == meant, "a search that is resumed reads it from its file"


WRONG = [
    ({}, "at least one entry to vary, got none"),
    ({"lerning_rate": "1..2"}, "Did you mean 'learning_rate'"),
    ({"dropout": "0..0.5"}, "Did you mean 'model.dropout'"),
    ({"momentum": "0..0.5"}, "Did you mean 'optimizer.momentum'"),
    ({"optimizer_options": "1,2"}, "a known entry"),
    ({"augment.flop": "a,b"}, "Did you mean 'flip'"),
    ({"augment.zoom": "0..2"}, r"augment.zoom: expected a share in \[0, 1\]"),
    ({"model.widht": "1,2"}, "an option of lecture-cnn, got 'widht'. Did you mean 'width'"),
    ({"model.classes": "1,2"}, "an option of lecture-cnn"),
    ({"optimizer.momentm": "0..1"}, "an option of adam, got 'momentm'"),
    ({"seed": "1,2"}, "the same for all. Trials are compared on the same samples"),
    ({"batch_size": "64"}, "two values or more: a,b, got '64'"),
    ({"batch_size": "64,64"}, "two values or more"),
    ({"batch_size": "64..32"}, "low..high with low < high"),
    ({"batch_size": "16.5..32"}, "recipe, batch_size: expected a whole number"),
    ({"batch_size": "int:16.5..32"}, "whole numbers at both ends"),
    ({"batch_size": "x1..x2"}, "low..high"),
    ({"batch_size": "16..1e3"}, "whole numbers, got '16..1e3'. Write int:16..1e3, which"),
    ({"batch_size": None}, "a range such as"),
    ({"batch_size": (None, 3)}, "a range such as"),
    ({"class_weight": "none,balancd"}, "'balanced', or none"),
    ({"learning_rate": "log:0..1"}, "above 0 for a logarithmic scale"),
    ({"learning_rate": "log:lin:1..2"}, "low..high"),
    ({"learning_rate": "a..b"}, "low..high"),
    ({"learning_rate": "0..inf"}, "low..high"),
    ({"schedule": "constant,cosin"}, "Did you mean 'cosine'"),
    ({"warmup": "0.1..0.3"}, 'schedule = "one-cycle"'),
    ({"optimizer": "adam,sdg"}, "Did you mean 'sgd'"),
    ({"model": "lecture-cnn,lenet6"}, "Did you mean 'lenet5'"),
]


@pytest.mark.parametrize("vary, says", WRONG, ids=lambda part: str(part)[:30])
def test_what_cannot_be_meant_is_named(vary, says):
    with pytest.raises((ArgumentError, UnknownName), match=says):
        space_of(vary, Recipe())


def test_a_search_needs_samples_to_judge_by():
    with pytest.raises(ArgumentError, match="a share above 0 to judge the trials by"):
        space_of(DEFAULT, Recipe(validation_split=0))


def test_options_belong_to_one_of_the_candidates():
    """`beta_2` is Adam's, `momentum` SGD's; `blocks` only a ResNet would take, and it hands its options on."""
    both = Recipe(optimizer_options={"beta_2": 0.9, "momentum": 0.5})
    with pytest.raises(ArgumentError, match="'momentum'"):
        space_of({"batch_size": "8,16"}, both)
    space_of({"optimizer": "adam,sgd"}, both)
    space_of({"schedule": "cosine,one-cycle", "warmup": "0.1..0.3"}, Recipe())
    assert takes("resnet18", "width", 0.5) and not takes("resnet18", "widht", 0.5)


def test_a_trial_has_what_was_drawn_and_no_foreign_option():
    vary = {"learning_rate": "x0.1..x10", "optimizer": "adam,sgd", "optimizer.momentum": "0..0.99", "model.width": "0.5,1",
            "augment.rotation": "0..0.1", "batch_size": "16..256", "schedule": "constant,one-cycle", "warmup": "0.1..0.3"}
    space = space_of(vary, Recipe(optimizer_options={"beta_2": 0.9}))
    values = {"learning_rate": 3.14159, "optimizer": "sgd", "optimizer.momentum": 0.876543, "model.width": 0.5,
              "augment.rotation": 0.05, "batch_size": 100, "schedule": "one-cycle", "warmup": 0.2}
    base = Recipe(optimizer_options={"beta_2": 0.9})
    assert drawn(base, space, values) == replace(
        base, learning_rate=0.03142, optimizer="sgd", optimizer_options={"momentum": 0.8765}, model_options={"width": 0.5},
        augment={"rotation": 0.05}, batch_size=100, schedule="one-cycle", warmup=0.2)  # fmt: skip
    other = drawn(base, space, values | {"optimizer": "adam", "schedule": "constant"})
    assert (other.learning_rate, other.optimizer_options, other.warmup) == (0.003142, {"beta_2": 0.9}, None)
    assert base == Recipe(optimizer_options={"beta_2": 0.9}), "the search's own recipe stays"


@pytest.mark.learn
def test_what_a_trial_has_no_use_for_is_not_drawn(tmp_path):
    """By Optuna's own record: Adam draws no momentum, SGD no beta_2, only one-cycle a warmup; importance leaves all three out."""
    vary = {"optimizer.momentum": "0..0.9", "warmup": "0.1..0.3", "optimizer": "adam,sgd", "optimizer.beta_2": "0.9..0.99",
            "learning_rate": "1e-4..1e-1", "schedule": "constant,one-cycle", "model.width": "0.5,1", "augment.zoom": "0..0.1"}
    base = Recipe(seed=3)
    space, study = space_of(vary, base), opened(tmp_path)
    for n in range(1, 13):
        trial = next_trial(study, space, base, n)
        always = {"optimizer", "learning_rate", "schedule", "model.width", "augment.zoom"}
        mine = {"optimizer.momentum"} if trial.params["optimizer"] == "sgd" else {"optimizer.beta_2"}
        mine |= {"warmup"} if trial.params["schedule"] == "one-cycle" else set()
        assert set(trial.params) == always | mine and list(trial.params)[:3] == ["optimizer", "learning_rate", "schedule"]
        assert drawn(base, space, trial.params).optimizer_options.keys() == {next(iter(mine - {"warmup"})).partition(".")[2]}
        end_trial(study, trial, 0.5 + (trial.params["optimizer"] == "sgd") * 0.3 + trial.params["learning_rate"], False, None)
    assert {trial.params["optimizer"] for trial in study.trials} == {"adam", "sgd"}
    found = importance(study)
    assert set(found["shares"]) == always and max(found["shares"], key=found["shares"].get) == "optimizer"
    assert found["left_out"] == ["optimizer.beta_2", "optimizer.momentum", "warmup"] and found["trials"] == 12
    torn = next_trial(study, space, base, 13).params  # a crash before its end: the next session has the same values
    again = opened(tmp_path)
    assert next_trial(again, space, base, 13).params == torn


def test_rounded_numbers_stay_inside():
    of = Span(0.00012345, 0.0098763, log=True)
    assert [of.rounded(v) for v in (0.00012345, 0.00123456, 0.0098763)] == [0.00012345, 0.001235, 0.009876]
    assert Span(0.1, 0.98769).rounded(0.98769) == 0.98769, "not 0.9877, which lies outside"
    assert Span(16, 256, whole=True).rounded(123) == 123


def test_an_entry_is_found_where_it_was_put():
    recipe = placed(placed(Recipe(), "model.width", 2), "epochs", 3)
    table = {"epochs": recipe.epochs, "model_options": recipe.model_options}
    assert (value_in(table, "model.width"), value_in(table, "epochs"), value_in(table, "augment.zoom")) == (2, 3, None)


def test_spans_and_choices_are_held_against_the_recipe_like_text():
    """They are written to tune.toml, and a resumed search reads them there."""
    given = Span(np.float64(0.1), np.float64(0.2))
    assert space_of({"learning_rate": given}, Recipe())["learning_rate"] == Span(0.1, 0.2)
    assert parsed("model.width", Span(1, 2)) == Span(1.0, 2.0) and parsed("batch_size", Span(1, 2, whole=True)).whole
    for wrong in ({"learning_rate": Span(5, 1)}, {"learning_rate": Choice(())}, {5: "1,2"}, "learning_rate=1..2"):
        with pytest.raises(ArgumentError, match="vary"):
            space_of(wrong, Recipe())
