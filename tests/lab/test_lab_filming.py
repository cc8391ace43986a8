"""Films: a filmed training is the same training, what is seen is what the model is, and one film gives the same bytes."""

import numpy as np
import pytest

from nabi import lab, viz
from nabi.callbacks import ModelCheckpoint
from nabi.core.errors import ArgumentError, UnknownName
from nabi.lab import filming
from nabi.lab.experiment import finish, learn
from nabi.lab.points import points_of
from nabi.models.saving import load_model


@pytest.mark.learn
def test_points(tmp_path):
    told = []
    found = lab.film("mlp", data="xor", epochs=2, tell=told.append)
    assert found.epochs == [0, 1, 2] and found.losses[0] is None and told == ["mlp 2-16-16-1 on xor, 2 epochs, seed 0."]
    points, labels = points_of("xor")
    boundary = found.boundary
    assert boundary is not None and boundary["shares"].shape == (3, 90, 90)
    near = [boundary["shares"][k][np.abs(boundary["y"] - y).argmin(), np.abs(boundary["x"] - x).argmin()] > 0.5
            for k in range(3) for x, y in points]
    agree = (np.array(near).reshape(3, -1) == labels).mean(axis=1)
    np.testing.assert_allclose(agree, found.accuracy, atol=0.03)
    for name, shares in found.histograms.items():
        assert (shares.sum(axis=1) > 0.97).all() and (shares.sum(axis=1) <= 1 + 1e-9).all(), name
    assert lab.film("mlp", data="xor", epochs=2).boundary["shares"][2].tobytes() == boundary["shares"][2].tobytes()
    frames = found.frames()
    assert len(frames) == 3 and len({frame.size for frame in frames}) == 1
    found.save(tmp_path / "a.gif")
    found.save(tmp_path / "b.gif")
    assert (tmp_path / "a.gif").read_bytes() == (tmp_path / "b.gif").read_bytes()


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run that keeps a model file of each epoch."""
    recipe = lab.Recipe(data="digits", model="lecture-cnn", epochs=2, seed=5, batch_size=200, model_options={"width": 0.125})
    folder = tmp_path_factory.mktemp("runs") / "small"
    learned = learn(recipe, folder, verbose=0, callbacks=[ModelCheckpoint(str(folder / "epoch-{epoch:02d}.safetensors"))])
    finish(learned)
    return lab.Run(folder)


@pytest.mark.learn
def test_a_run_is_trained_again_to_the_same_numbers(run, tmp_path):
    told = []
    from_files = lab.film(run, tell=told.append)
    assert "2 model files" in told[0] and from_files.epochs == [1, 2]
    models = {k: load_model(run.folder / f"epoch-{k:02d}.safetensors") for k in (1, 2)}
    moved = {path: path.rename(tmp_path / path.name) for path in run.folder.glob("epoch-*.safetensors")}
    again = lab.film(run, tell=told.append)
    for path, away in moved.items():
        away.rename(path)
    assert "to the last digit" in told[-1] and again.epochs == [0, 1, 2]
    for k in (1, 2):
        kernel = models[k].get_weights()[0]
        np.testing.assert_array_equal(again.filters[k], kernel.mean(axis=2))
        np.testing.assert_array_equal(again.filters[k], from_files.filters[k - 1])
        assert not np.array_equal(again.filters[k], again.filters[k - 1]), "something was learned"
        data = lab.load_data("digits")
        answers = models[k].predict(data.x_test, verbose=0).argmax(axis=1)
        assert again.accuracy[k] == pytest.approx((answers == data.y_test).mean()) == pytest.approx(from_files.accuracy[k - 1])
        assert again.misread["count"][k] == (answers != data.y_test).sum()
    from nabi.explain import feature_maps

    maps = feature_maps(models[2], data.x_test[:1], "conv1")["conv1"][0]
    np.testing.assert_allclose(again.maps["conv1"][2], maps[..., :16], atol=1e-6)
    assert again.losses[1:] == run.history["loss"] and 0 < again.zeros["conv2"][2] < 1
    for fault in (again.misread["answers"], again.misread["truth"]):
        assert fault.shape[-1] == 27
    wrong = again.misread["answers"][1:] != again.misread["truth"]
    assert (np.diff(wrong.sum(axis=0)) <= 0).all(), "those misread most often come first"


@pytest.mark.learn
def test_parts_and_fewer_epochs(run, tmp_path):
    found = lab.film(run, epochs=1, what="filters, misread")
    assert found.epochs == [1] and found.filters is not None and not found.maps and not found.histograms
    dense = lab.film("lecture-dense", epochs=1, what=["filters"])
    assert dense.filters.shape == (2, 28, 28, 16) and viz.film_frame(dense.plain(), 0).axes
    dense.save(tmp_path / "d.html")
    assert "before training" in (tmp_path / "d.html").read_text()


def test_files_of_epochs_without_a_gap(tmp_path):
    (tmp_path / "recipe.toml").write_text('data = "digits"\n')
    for name in ("epoch-1", "epoch-2", "model"):
        (tmp_path / f"{name}.safetensors").touch()
    assert [path.stem for path in filming.epoch_files(lab.Run(tmp_path))] == ["epoch-1", "epoch-2"]
    (tmp_path / "epoch-4.safetensors").touch()
    assert filming.epoch_files(lab.Run(tmp_path)) == []


BAD = [({"source": "mlpp"}, UnknownName, "Did you mean 'mlp'"), ({"source": "mlp", "what": "filter"}, ArgumentError, "'filters'"),
       ({"source": "mlp", "what": ["boundary"]}, ArgumentError, "moons"),
       ({"source": "lenet5", "data": "moons"}, ArgumentError, "mlp"), ({"source": "mlp", "epochs": 0}, ArgumentError, "0"),
       ({"source": "mlp", "data": "moons", "what": "maps"}, ArgumentError, "on points"),
       ({"source": "lecture-dense", "picture": 10**6}, ArgumentError, "0 to 999")]


@pytest.mark.parametrize("given, kind, said", BAD, ids=lambda v: str(v)[:30])
def test_bad_calls(given, kind, said):
    with pytest.raises(kind, match=said):
        lab.film(**given)


def test_a_script_s_run_cannot_be_trained_again(tmp_path):
    (tmp_path / "recipe.toml").write_text("epochs = 2\n")
    with pytest.raises(ArgumentError, match=r"callbacks=\[nabi.lab.Camera"):
        lab.film(tmp_path)
    with pytest.raises(ArgumentError, match="no data beside a run"):
        lab.film(tmp_path, data="digits")


def test_what_is_never_misread_is_not_shown():
    x, y = np.zeros((4, 2, 2, 1), "float32"), np.array([0, 1, 0, 1])
    camera = filming.Camera(("misread",), x, y)
    for epoch, answers in enumerate(([1, 0, 1, 0], [0, 0, 1, 1], [0, 1, 1, 1])):
        camera.looks.append({"epoch": epoch, "loss": None, "answers": np.array(answers)})
    seen = camera.filmed("net", "data").misread
    assert seen["truth"].tolist() == [0, 1] and seen["answers"].tolist() == [[1, 0], [1, 0], [1, 1]]
    assert seen["count"].tolist() == [4, 2, 1], "the untrained look counts, but chooses nothing"
