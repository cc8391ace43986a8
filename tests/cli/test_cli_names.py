"""Names on the command line that are not there: what is offered is near, in both languages; networks of the zoo as models."""

from types import SimpleNamespace

import pytest
from PIL import Image

from nabi.cli import korean
from nabi.core.errors import FileError, did_you_mean
from nabi.lab.data import data_name
from nabi.lab.trials import counted
from nabi.training.korean import finding


def test_a_folder_that_is_not_there(nabi, tmp_path, monkeypatch):
    (tmp_path / "pics_train").mkdir()
    monkeypatch.chdir(tmp_path)
    says = "got 'pics_tran'. There is no folder of this name. Did you mean 'pics_train'? Known: cifar10, "
    assert says in nabi_in(nabi, tmp_path, monkeypatch, "train", "pics_tran")
    with pytest.raises(ValueError, match="Did you mean 'digits'"):
        data_name("digts")


def nabi_in(nabi, folder, monkeypatch, *words):
    """The standard error of a call in a folder."""
    monkeypatch.chdir(folder)
    return nabi(*words)[2]


def test_a_network_without_trained_weights_is_no_model(nabi, monkeypatch):
    for command in (["predict", "resnet18", "cat.png"], ["evaluate", "ResNet-18", "digits"]):
        code, _, err = nabi(*command)
        assert code == 1 and "weights are not trained. Train it: nabi train FOLDER --model resnet18\n" in err
    monkeypatch.setenv("NABI_LANG", "ko")
    err = nabi("evaluate", "efficientnet-lite0")[2]
    assert "학습하지 않은 신경망입니다. 먼저 학습하십시오: nabi train FOLDER --model efficientnet-lite0 --weights imagenet" in err
    assert "이런 이름의 폴더는 없습니다" in nabi("train", "digts")[2]


def test_what_is_offered_is_near(nabi, tmp_path):
    Image.new("L", (28, 28)).save(tmp_path / "flower.png")
    assert "Did you mean" not in nabi("predict", "small", tmp_path / "nofile.png")[2]
    assert "Did you mean 'flower.png'?" in nabi("predict", "small", tmp_path / "flowr.png")[2]
    assert did_you_mean("botom", ["top", "head", "all"]) == "Known: all, head, top." and did_you_mean("x", []) == ""


def test_a_sentence_is_in_one_language():
    error = FileError("load_model('a')", "a .safetensors file", "a file of torch.save", "nabi reads no pickles.")
    assert korean.error_in_korean(error) == str(error)
    assert korean.error_in_korean(FileError("picture a", "a file", "a folder")) == "그림 a: 파일이 필요하지만 폴더입니다."
    said = finding("layer 'a' and 2 more", "what compile found", "trainable=True since, which has no effect yet",
                   "call model.compile(...) again, with a new optimizer: till then they stay frozen")
    assert said.startswith("'a' 층 외 2개: compile이 본 것이 필요하지만 그 뒤에 바뀌어 아직 적용되지 않은 trainable=True")


def test_the_best_of_few_pictures_has_its_interval():
    run = SimpleNamespace(last=lambda kind: {"validation_samples": 3})
    assert counted(SimpleNamespace(run=run, val_accuracy=1 / 3)) == " (1 of 3; 95 % interval 6.1 to 79.2 %)"
    assert counted(SimpleNamespace(run=SimpleNamespace(last=lambda kind: None), val_accuracy=0.5)) == ""


def test_the_help_names_folders_and_weights(nabi):
    assert "a folder of pictures, a subfolder for each class" in " ".join(nabi("evaluate", "--help")[1].split())
    assert "--weights NAME" in (text := nabi("train", "--help")[1]) and "--depth NAME" in text
