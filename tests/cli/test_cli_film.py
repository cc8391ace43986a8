"""`nabi film`: a run's and a network's film, in all three forms; errors."""

import pytest
from PIL import Image


def test_points_and_errors(nabi, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, found, _ = nabi("film", "mlp", "--data", "moons", "--epochs", 2, "--json", "--out", "m.gif", parse=True)
    assert code == 0 and found["epochs"] == [0, 1, 2] and found["bytes"] == (tmp_path / "m.gif").stat().st_size < 1e6
    assert getattr(Image.open(tmp_path / "m.gif"), "n_frames") == 3  # noqa: B009
    for words, said, status in ((("mlpp",), "Did you mean 'mlp'", 2), (("mlp", "--out", "a.avi"), ".gif, .mp4, .html", 2),
                                (("mlp", "--data", "moons", "--what", "maps"), "on points in a plane", 2),
                                (("mlp", "--out", "no/a.gif"), "No such file", 1)):
        code, _, err = nabi("film", *words)
        assert code == status and said in err and "Traceback" not in err


@pytest.mark.learn
def test_a_run(nabi, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert nabi("train", "digits", "--model", "lecture-dense", "--epochs", 1, "--seed", 3, "--quiet", "--name", "one")[0] == 0
    code, out, err = nabi("film", "one", "--what", "filters,misread", "--out", "f.mp4")
    assert code == 0 and "to the last digit" in err and "2 frames" in out and (tmp_path / "f.mp4").stat().st_size > 1000
