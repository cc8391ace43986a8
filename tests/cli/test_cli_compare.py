"""`nabi compare` and `nabi runs compare` over seeds, from the command line: tables, JSON, CSV, figure, page."""

import csv
import io
import json


def test_compare_and_what_it_leaves(nabi, tmp_path):
    code, out, err = nabi("compare", "tiny", "--vary", "batch-size=200,400", "--seeds", 2, "--epochs", 1, "--out", tmp_path)
    (folder,) = tmp_path.iterdir()
    assert code == 0 and "2 variants x 2 seeds = 4 runs" in err and "4/4  batch_size 400, seed 1" in err
    assert "batch_size 200" in out and "paired t-test over 2 seeds" in out and f"Page: {folder / 'report.html'}" in out
    assert {"compare.png", "compare.csv", "report.html", "compare.toml", "base.toml", "v01-0", "v02-1"} <= {
        path.name for path in folder.iterdir()}
    code, found, _ = nabi("compare", "--resume", folder, "--json", parse=True)
    assert code == 0 and found["pairs"][0]["verdict"] in ("more", "noise", "equal") and len(found["variants"]) == 2
    code, out, _ = nabi("compare", "--resume", folder, "--csv", "--quiet")
    rows = list(csv.DictReader(io.StringIO(out)))
    reached = {(one["variant"], seed): accuracy for one in found["variants"] for seed, accuracy in one["accuracies"].items()}
    assert {(row["variant"], row["seed"]): float(row["accuracy"]) for row in rows} == reached
    figure = tmp_path / "runs.png"
    places = [folder / name for name in ("v01-0", "v01-1", "v02-0", "v02-1")]
    code, found, _ = nabi("runs", "compare", *places, "--figure", figure, "--json", parse=True)
    assert code == 0 and figure.read_bytes()[1:4] == b"PNG" and [way["name"] for way in found["ways"]] == [
        "batch_size 200", "batch_size 400"]
    assert json.dumps(found["verdicts"]).count('"says"') == 1
    assert nabi("runs", "compare", *places, "--figure", "runs.jpg")[0] == 2


def test_a_folder_in_the_network_s_place_is_recognised(nabi, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shapes").mkdir()
    code, _, err = nabi("compare", "shapes", "--vary", "dropout=0,0.5")
    assert code == 2 and "--data shapes" in err
