"""`nabi race`: table, CSV, JSON, all four kinds of file, sweep, line fit, tables for the calculator; errors."""

import xml.etree.ElementTree as xml

import pytest
from PIL import Image


@pytest.fixture
def here(nabi, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return nabi


def test_a_race(here, tmp_path):
    code, found, _ = here("race", "--function", "rosenbrock", "--optimizers", "sgd,adam:0.5", "--start", "-1,1", "--steps", 30,
                          "--json", parse=True)
    assert code == 0 and found["start"] == [-1, 1] and [path["learning_rate"] for path in found["paths"]] == [0.002, 0.5]
    assert Image.open(tmp_path / "race.png").width > 1000
    code, out, _ = here("race", "--table", "momentum", "--csv")
    assert code == 0 and out.splitlines()[2] == "1,v,m * v - lr * g,0.9 * 0 - 0.1 * (-6),0.6000000000000001"
    code, out, err = here("race", "--function", "quadratic", "--optimizers", "sgd:9", "--steps", 20)
    assert code == 0 and "diverged at step" in out and not err
    for words, said in ((("--function", "beal"), "Did you mean 'beale'?"), (("--out", "no/x.png"), "writing no/x.png"),
                        (("--start", "1;2"), "two numbers x,y"), (("--steps", 10**6), "at most 100,000 steps")):
        code, _, err = here("race", *words)
        assert code in (1, 2) and said in err and "Traceback" not in err


@pytest.mark.learn
def test_films_pages_sweeps_fits_and_tables(here, tmp_path):
    for ending in ("gif", "html", "svg"):
        assert here("race", "--function", "long-valley", "--steps", 40, "--out", f"r.{ending}")[0] == 0
    film = Image.open(tmp_path / "r.gif")
    assert getattr(film, "n_frames") > 20 and film.info["loop"] == 0  # noqa: B009
    page = (tmp_path / "r.html").read_text()
    assert "data:image/png;base64," in page and '"name": "Nadam"' in page and "{{" not in page
    assert "http:" not in page and "https:" not in page and "src=" not in page.replace("ground.src =", ""), "no network"
    assert xml.parse(tmp_path / "r.svg").getroot().tag.endswith("svg")
    sweep = ("race", "--sweep", "--function", "quadratic", "--steps", 50)
    code, out, _ = here(*sweep, "--optimizers", "sgd,momentum", "--out", "s.png")
    assert code == 0 and "diverges from" in out and (tmp_path / "s.png").exists()
    code, out, _ = here("race", "--fit", "--csv", "--out", "f.png")
    assert code == 0 and out.startswith("way,batch,updates,final,w,b,state\nfull,40,30,") and (tmp_path / "f.png").exists()
    code, found, _ = here("race", "--table", "all", "--fit", "--json", parse=True)
    assert len(found) == 9 and all(row[0] in (1, 2, 3) for table in found for row in table["rows"])
    assert "e^(-z1)" in here("race", "--table", "backprop")[1] and "one-hot" in here("race", "--table", "softmax")[1]


@pytest.mark.learn
def test_on_a_network(here, tmp_path):
    code, found, _ = here("race", "--net", "softmax", "--optimizers", "sgd,adam", "--steps", 6, "--tolerance", 2, "--json",
                          "--out", "n.svg", parse=True)
    assert code == 0 and found["net"] == "softmax" and [path["optimizer"] for path in found["paths"]] == ["SGD", "Adam"]
    assert 0.5 < sum(found["explained"]) <= 1 + 1e-9 and (tmp_path / "n.svg").exists()
    assert found["paths"][0]["losses"][0] == found["paths"][1]["losses"][0] and found["paths"][0]["at"] == list(range(7))
    for words, said in ((("--net", "mlp", "--fit"), "no --fit"), (("--epochs", 2), "--net beside it")):
        code, _, err = here("race", *words)
        assert code == 2 and said in err
