"""Recipe: written and read back, wrong entries named."""

import tomllib
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nabi.core.errors import ArgumentError, FileError
from nabi.lab.experiment import optimizer
from nabi.lab.recipe import Recipe, as_toml, recipe_names

TEXT = st.text(st.characters(blacklist_categories=("Cs",)), max_size=20)
VALUES = st.one_of(st.booleans(), st.integers(-(2**62), 2**62), st.floats(allow_nan=False, allow_infinity=False), TEXT)


@given(st.dictionaries(st.from_regex(r"\A[a-z_]{1,8}\Z"), st.one_of(VALUES, st.lists(st.integers(0, 9), max_size=4))))
def test_what_is_written_is_what_tomllib_reads(table):
    assert tomllib.loads(as_toml(table)) == table


def test_a_recipe_comes_back(tmp_path):
    recipe = Recipe(model="lecture-dense", learning_rate=1e-4, schedule="cosine", seed=7, patience=3, name='a "name" \\ 나비',
                    optimizer_options={"beta_2": 0.99, "use_ema": True}, model_options={"units": 64},
                    augment={"flip": "horizontal", "zoom": 0.1})
    recipe.write(tmp_path / "recipe.toml")
    assert Recipe.read(tmp_path / "recipe.toml") == recipe
    assert "seed" not in tomllib.loads(as_toml(asdict(replace(recipe, seed=None))))


def test_a_recipe_made_for_the_data_comes_first():
    assert Recipe.read("fast", "mnist") == Recipe.read("fast-mnist") and Recipe.read("demo", "mnist") == Recipe.read("demo")
    for data, got in (("digits", "digits"), (None, "no data")):
        with pytest.raises(FileError, match=f"recipe fast: expected data it was made for: cifar10, mnist, got {got}"):
            Recipe.read("fast", data)


def test_one_cycle_goes_up_and_down_over_all_steps():
    made = optimizer(Recipe(epochs=2, batch_size=100, learning_rate=0.4, schedule="one-cycle", warmup=0.25, validation_split=0.2,
                            optimizer_options={"beta_2": 0.99}), samples=800)
    made.calls = 4  # of 2 * 800 / 100 = 16 steps
    assert float(made.learning_rate) == 0.4 and made.beta_2 == 0.99
    made.calls = 16
    assert float(made.learning_rate) == 0
    with pytest.raises(ArgumentError, match="beta2"):
        optimizer(Recipe(optimizer_options={"beta2": 0.9}), samples=1000)


def test_the_recipes_that_come_with_nabi_are_sound():
    assert "demo" in recipe_names()
    for name in recipe_names():
        Recipe.read(name)


@pytest.mark.parametrize(
    "entry, value, says",
    [
        ("epochs", 0, "a whole number above 0, got 0"),
        ("epochs", 2.0, "a whole number above 0, got 2.0"),
        ("epochs", True, "a whole number above 0, got True"),
        ("batch_size", -1, "above 0"),
        ("seed", -1, "from 0"),
        ("validation_split", 1.0, r"a share in \[0, 1\)"),
        ("validation_split", "x", "a share"),
        ("learning_rate", 0, "a number above 0"),
        ("learning_rate", float("inf"), "a number above 0"),
        ("precision", "float16", "Did you mean 'bfloat16'"),
        ("schedule", "cosin", "'cosine'"),
        ("data", 3, "a name"),
        ("name", 3, "a text"),
        ("warmup", 1, r"a share in \[0, 1\)"),
        ("label_smoothing", -0.1, r"a share in \[0, 1\)"),
        ("optimizer_options", "beta_2", "a table"),
        ("model_options", "width", "a table"),
        ("model_options", {"classes": 3}, "arguments of the network, got 'classes'"),
        ("augment", "flip", "a table"),
        ("augment", {"flop": 0.1}, "Did you mean 'flip'"),
    ],
)
def test_a_wrong_entry_is_named(entry, value, says):
    with pytest.raises(ArgumentError, match=f"recipe, {entry}: expected .*{says}"):
        replace(Recipe(), **{entry: value}).check()


@pytest.mark.parametrize("table, says", [({"flip": "horizontl"}, "Did you mean 'horizontal'"), ({"zoom": 2}, "a share in"),
                                         ({"rotation": True}, "a share in"), ({"translation": "x"}, "a share in")])
def test_a_wrong_augmentation_is_named(table, says):
    with pytest.raises(ArgumentError, match=f"recipe, augment.{next(iter(table))}: expected .*{says}"):
        Recipe(augment=table).check()


def test_a_way_up_belongs_to_one_cycle():
    """Left out, it stands in no recipe; under another schedule it would be ignored, so it is refused."""
    with pytest.raises(ArgumentError, match="recipe, warmup: expected schedule = \"one-cycle\", got 'cosine'"):
        Recipe(schedule="cosine", warmup=0.2).check()
    Recipe(schedule="one-cycle", warmup=0.2).check()
    usual, third = (optimizer(Recipe(epochs=1, batch_size=10, learning_rate=1.0, schedule="one-cycle", warmup=w), samples=1000)
                    for w in (None, 0.3))
    for step in (0, 10, 27, 60, 90):
        usual.calls = third.calls = step
        assert usual.learning_rate == third.learning_rate
    assert "warmup" not in as_toml(asdict(Recipe()))


def test_patience_needs_something_to_watch():
    with pytest.raises(ArgumentError, match="validation_split above 0"):
        Recipe(patience=3, validation_split=0).check()


def test_files_that_are_no_recipe(tmp_path):
    file = tmp_path / "r.toml"
    for content, says in (
        (b"epochs = ", "TOML"),
        (b"\xff\xfe", "TOML"),
        (b"epoch = 3\n", "Did you mean 'epochs'"),
        (b"epochs = 'x'\n", "whole number"),
    ):
        file.write_bytes(content)
        with pytest.raises((FileError, ArgumentError), match=says):
            Recipe.read(file)
    with pytest.raises(FileError, match="Did you mean 'demo'"):
        Recipe.read("demmo")
    with pytest.raises(FileError, match="a file that can be read"):
        Recipe.read(tmp_path)
