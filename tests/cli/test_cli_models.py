"""`nabi evaluate`, `summary`, `runs`, `doctor`: numbers, JSON, kind errors."""

import json

import pytest

from nabi import lab
from nabi.cli import doctor


def test_evaluate_is_the_runs_result(nabi, run):
    for model in (run.model, run.folder, run.name, "last"):
        code, found, err = nabi("evaluate", model, "--json", "--batch-size", 200, parse=True)
        assert code == 0 and err == ""
        assert found["data"] == "digits" and found["sha256"] == lab.load_data("digits").fingerprint
        assert {name: found[name] for name in ("accuracy", "correct", "interval", "confusion", "by_class")} == {
            name: run.result[name] for name in ("accuracy", "correct", "interval", "confusion", "by_class")
        }
    code, out, _ = nabi("evaluate", run.folder)
    assert code == 0 and f"{100 * run.result['accuracy']:.2f} %" in out and len(out.splitlines()) == 15


def test_evaluate_refuses_other_classes(nabi, run, monkeypatch):
    from dataclasses import replace

    digits = lab.load_data("digits")
    monkeypatch.setattr("nabi.cli.evaluate.load_data", lambda name: replace(digits, name=name, class_names=("shoe",) * 10))
    code, out, err = nabi("evaluate", run.folder, "fashion-mnist")
    assert code == 1 and out == "" and "the model's classes, 0, 1" in err
    assert nabi("evaluate", run.folder, "fashin")[0] == 2


def test_evaluate_warns_where_the_test_set_was_learned(nabi, run, tmp_path, monkeypatch):
    from nabi.models.saving import load_model

    model = load_model(run.model)
    model.card["data"]["name"] = "mnist"
    model.save(tmp_path / "m.safetensors")
    code, _, err = nabi("evaluate", tmp_path / "m.safetensors", "digits")
    assert code == 0 and "may have learned the test samples" in err


def test_evaluate_without_a_card_asks_for_data(nabi, run, tmp_path):
    from nabi.models.saving import load_model

    model = load_model(run.model)
    model.card = {}
    model.save(tmp_path / "bare.safetensors")
    code, _, err = nabi("evaluate", tmp_path / "bare.safetensors")
    assert code == 1 and "none in the model's card" in err and "Traceback" not in err
    assert nabi("evaluate", tmp_path / "bare.safetensors", "digits")[0] == 0


@pytest.mark.parametrize("content", [b"", b"hello", b"\x10\0\0\0\0\0\0\0{}"])
@pytest.mark.parametrize("command", ["evaluate", "summary"])
def test_files_that_are_no_model(nabi, tmp_path, content, command):
    (tmp_path / "bad.safetensors").write_bytes(content)
    code, out, err = nabi(command, tmp_path / "bad.safetensors")
    assert code == 1 and out == "" and err.startswith("nabi: error: ") and len(err.splitlines()) == 1


def test_summary_of_a_network_and_a_model(nabi, run):
    code, out, _ = nabi("summary", "lecture_cnn")
    assert code == 0 and "1,199,882" in out and "conv1 (Conv2D)" in out and "320 =" not in out
    assert "320 = " in nabi("summary", "lecture-cnn", "--show", "arithmetic")[1]
    code, found, _ = nabi("summary", "lecture-cnn", "--json", parse=True)
    assert found["parameters"] == 1199882 and [layer["parameters"] for layer in found["layers"]][:2] == [320, 18496]
    assert found["inputs"] == [[28, 28, 1]] and sum(layer["macs"] for layer in found["layers"]) == 11992448
    code, found, _ = nabi("summary", run.folder, "--json", parse=True)
    assert code == 0 and found["parameters"] == 7850 and found["card"]["class_names"][3] == "3"


def test_summary_of_an_unknown_name(nabi):
    code, _, err = nabi("summary", "lecture-cn")
    assert code == 2 and "Did you mean 'lecture-cnn'" in err
    assert nabi("summary", "no/such.safetensors")[0] == 1


def test_runs_are_listed(nabi, run):
    code, rows, _ = nabi("runs", "list", "--json", parse=True)
    (row,) = [row for row in rows if row["run"] == run.name]
    assert code == 0 and row["accuracy"] == run.result["accuracy"] and row["epochs"] == 2 and row["state"] == "finished"
    assert row["val_accuracy"] == max(run.history["val_accuracy"])
    code, out, _ = nabi("runs", "list")
    assert run.name in out and f"{100 * run.result['accuracy']:.2f} %" in out


def test_runs_in_an_empty_place(nabi, tmp_path):
    assert nabi("runs", "list", "--out", tmp_path) == (0, f"No runs in {tmp_path}.\n", "")
    assert nabi("runs", "list", "--out", tmp_path, "--json", parse=True)[1] == []


def test_a_run_that_was_cut_off_is_still_listed(nabi, run, tmp_path):
    folder = tmp_path / "20260102-000000-cut"
    folder.mkdir()
    (folder / "recipe.toml").write_text('data = "digits"\nmodel = "tiny"\n')
    (folder / "events.jsonl").write_text('{"event": "start", "parameters": 3}\n{"event": "ep')
    code, rows, _ = nabi("runs", "list", "--out", tmp_path, "--json", parse=True)
    assert code == 0 and rows[0]["state"] == "unfinished" and rows[0]["accuracy"] is None
    (folder / "recipe.toml").write_text("data = ")
    code, out, err = nabi("runs", "list", "--out", tmp_path)
    assert code == 1 and "recipe" in err and "Traceback" not in err


def test_runs_are_compared(nabi, run):
    code, found, _ = nabi("runs", "compare", run.folder, run.name, "--json", parse=True)
    assert code == 0 and found["pairs"][0]["verdict"] == "equal" and found["recipes"] == {}
    code, out, _ = nabi("runs", "compare", run.folder, run.name)
    assert code == 0 and "have the same accuracy" in out
    assert nabi("runs", "compare", run.folder, "small")[0] == 0, "the name that was given, without the time"
    assert nabi("runs", "compare", run.folder, "nothing")[0] == 1


def test_doctor_finds_what_is_here(nabi):
    code, checks, _ = nabi("doctor", "--json", parse=True)
    by_name = {check["name"]: check for check in checks}
    assert code == 0 and {check["state"] for check in checks} <= {"ok", "note"}
    import torch

    assert torch.__version__ in by_name["torch"]["found"] and str(torch.get_num_threads()) in by_name["threads"]["found"]
    assert by_name["data digits"]["state"] == "ok" and {"cache", "kernels", "bfloat16", "processor"} <= set(by_name)
    assert all(check["remedy"] for check in checks if check["name"].startswith("data") and check["state"] == "note")


def test_doctor_sees_plain_kernels_and_a_cuda_build(nabi, monkeypatch):
    import torch

    from nabi.kernels import jit

    monkeypatch.setattr(jit._State, "reason", "a test says so")
    monkeypatch.setattr(torch.version, "cuda", "12.9")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    code, out, _ = nabi("doctor")
    assert code == 0 and "plain: a test says so" in out and "a CUDA build, and no GPU here" in out


def test_doctor_sees_a_cache_that_cannot_be_written(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    found = {check.name: check for check in doctor.folders()}
    assert found["cache"].state == "note" and "XDG_CACHE_HOME" in found["cache"].remedy


def test_json_has_no_nan(capsys):
    from nabi.cli.output import emit_json

    emit_json({"loss": float("nan"), "rows": [(1, float("inf"))]})
    assert json.loads(capsys.readouterr().out) == {"loss": None, "rows": [[1, None]]}


def test_doctor_says_of_smiles_that_it_is_not_downloaded(monkeypatch):
    monkeypatch.setattr("nabi.lab.data.where", lambda name: None)
    found = {check.name: check.remedy for check in doctor.data()}
    assert found["data smiles"] == "It is not downloaded: put smiles.tar.gz where NABI_DATA points."
    assert found["data mnist"].startswith("It is downloaded when first used")


def test_a_run_is_found_beside_a_folder_of_its_name(nabi, run, tmp_path, monkeypatch):
    """`nabi train shapes --name shapes`: the folder of pictures does not hide the run."""
    import shutil

    (tmp_path / "shapes").mkdir()
    shutil.copytree(run.folder, tmp_path / "runs" / "20200101-000000-shapes")
    monkeypatch.chdir(tmp_path)
    code, out, _ = nabi("evaluate", "shapes")
    assert code == 0 and f"{100 * run.result['accuracy']:.2f} %" in out
