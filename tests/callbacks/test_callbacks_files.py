"""ModelCheckpoint and CSVLogger beyond Keras: names that are refused, what is kept, appending, cutting back."""

import re

import pytest
from callbacks_fakes import FakeModel, run

from nabi.callbacks import CSVLogger, LearningRateScheduler, ModelCheckpoint, ReduceLROnPlateau, TerminateOnNaN
from nabi.callbacks.told import WORDS, told
from nabi.core.errors import ArgumentError, FileError, StateError, UnknownName


class WritingModel(FakeModel):
    """Writes real files."""

    def save(self, path, overwrite=True):
        super().save(path)
        with open(path, "w") as file:
            file.write("model")


@pytest.mark.parametrize(
    ("path", "instead"),
    [
        ("best.ckpt", "best.safetensors"),
        ("runs/{epoch:02d}-{val_loss:.4f}.pt", "runs/{epoch:02d}-{val_loss:.4f}.safetensors"),
        ("model", "model.safetensors"),
    ],
)
@pytest.mark.parametrize("save_weights_only", [False, True])
def test_other_endings_are_refused_and_the_right_name_is_given(path, instead, save_weights_only):
    message = rf"ModelCheckpoint\(filepath\): expected .*\.safetensors, got '{re.escape(path)}'\. Write '{re.escape(instead)}'"
    with pytest.raises(ArgumentError, match=message):
        ModelCheckpoint(path, save_weights_only=save_weights_only)


def test_only_the_last_files_are_kept_and_no_other_file_is_touched(tmp_path):
    (tmp_path / "0.safetensors").write_text("not ours")
    run(ModelCheckpoint(tmp_path / "{epoch}.safetensors", keep=2), [{"loss": 1.0}] * 5, WritingModel())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.safetensors", "4.safetensors", "5.safetensors"]


def test_keep_counts_a_file_that_is_written_again_once(tmp_path):
    run(ModelCheckpoint(tmp_path / "{loss}.safetensors", keep=2), [{"loss": x} for x in (1, 2, 1, 3)], WritingModel())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.safetensors", "3.safetensors"]


def test_folders_are_made(tmp_path):
    run(ModelCheckpoint(tmp_path / "a" / "{epoch}" / "m.safetensors"), [{"loss": 1.0}], WritingModel())
    assert (tmp_path / "a" / "1" / "m.safetensors").read_text() == "model"


def test_a_folder_in_the_place_of_the_file_is_an_error(tmp_path):
    (tmp_path / "m.safetensors").mkdir()
    with pytest.raises(FileError, match="expected a file name, got the folder"):
        run(ModelCheckpoint(tmp_path / "m.safetensors"), [{"loss": 1.0}])


def test_epochs_without_the_monitor_are_passed_over_when_only_the_best_is_saved():
    model, _, _ = run(ModelCheckpoint("{epoch}.safetensors", save_best_only=True), [{"val_loss": 0.5}, {}, {"val_loss": 0.4}])
    assert [path for _, path in model.saved] == ["1.safetensors", "3.safetensors"]


def test_period_saves_every_so_many_epochs():
    model, _, _ = run(ModelCheckpoint("{epoch}.safetensors", period=3), [{"loss": 1.0}] * 7)
    assert [path for _, path in model.saved] == ["3.safetensors", "6.safetensors"]


def test_a_file_name_with_an_unknown_name_or_format_is_an_error():
    with pytest.raises(UnknownName, match=r"ModelCheckpoint\(filepath\): .*got 'los'\. Did you mean 'loss'"):
        run(ModelCheckpoint("{los:.2f}.safetensors"), [{"loss": 1.0}])
    with pytest.raises(ArgumentError, match=r"fields like \{epoch:02d\}, got '\{loss:02d\}\.safetensors'"):
        run(ModelCheckpoint("{loss:02d}.safetensors"), [{"loss": 1.0}])


@pytest.mark.parametrize("options", [{"monitor": "val_loss", "save_best_only": True}, {"filepath": "{val_loss}.safetensors"}])
def test_validation_names_within_an_epoch_are_refused(options):
    with pytest.raises(ArgumentError, match="'epoch', because val_loss is only known at an epoch's end"):
        ModelCheckpoint(**({"filepath": "m.safetensors", "save_freq": 10} | options))


@pytest.mark.parametrize("bad", [{"save_freq": "batch"}, {"save_freq": 0}, {"keep": 0}, {"mode": "up"}])
def test_checkpoint_refuses_impossible_arguments(bad):
    with pytest.raises(ArgumentError, match=rf"ModelCheckpoint\({next(iter(bad))}\): expected"):
        ModelCheckpoint("m.safetensors", **bad)


def test_checkpoint_says_what_it_does(capsys):
    epochs = [{"loss": 0.5}, {"loss": 0.7}, {"loss": 0.25}]
    run(ModelCheckpoint("{epoch}.safetensors", "loss", verbose=1, save_best_only=True), epochs)
    assert capsys.readouterr().out.splitlines() == [
        "Epoch 1: loss improved from None to 0.50000, saving model to 1.safetensors",
        "Epoch 2: loss did not improve from 0.50000",
        "Epoch 3: loss improved from 0.50000 to 0.25000, saving model to 3.safetensors",
    ]


def test_each_row_is_on_disk_when_its_epoch_ends(tmp_path):
    logger = CSVLogger(tmp_path / "sub" / "log.csv")
    logger.on_train_begin()
    logger.on_epoch_end(0, {"loss": 0.5})
    assert (tmp_path / "sub" / "log.csv").read_bytes() == b"epoch,loss,val_loss\r\n0,0.5,NA\r\n"
    logger.close()
    with pytest.raises(StateError, match="on_train_begin before it"):
        logger.on_epoch_end(1, {"loss": 0.5})


def test_appending_fills_the_old_columns_and_refuses_others(tmp_path):
    path = tmp_path / "log.csv"
    run(CSVLogger(path), [{"loss": 0.5, "val_loss": 0.7, "accuracy": 0.1}])
    run(CSVLogger(path, append=True), [{"loss": 0.4}], start=1)
    assert path.read_text().split() == ["epoch,accuracy,loss,val_loss", "0,0.1,0.5,0.7", "1,NA,0.4,NA"]
    with pytest.raises(FileError, match=r"append=True\): expected the columns .* accuracy, loss, val_loss, got loss, recall"):
        run(CSVLogger(path, append=True), [{"loss": 0.4, "recall": 0.1}], start=2)


def test_a_resumed_run_goes_on_in_a_new_file_if_the_old_one_is_gone(tmp_path):
    first, second = CSVLogger(tmp_path / "log.csv"), CSVLogger(tmp_path / "log.csv")
    run(first, [{"loss": 0.5}])
    second.load_state(first.state())
    (tmp_path / "log.csv").unlink()
    run(second, [{"loss": 0.4}], start=1)
    assert (tmp_path / "log.csv").read_text().split() == ["epoch,loss,val_loss", "1,0.4,NA"]


@pytest.mark.parametrize("factor", [1.0, 1.5, 0.0, -0.1])
def test_plateau_refuses_a_factor_that_does_not_reduce(factor):
    with pytest.raises(ArgumentError, match=r"ReduceLROnPlateau\(factor\): expected a factor in \(0, 1\)"):
        ReduceLROnPlateau(factor=factor)


def test_epsilon_is_keras_1s_name_of_min_delta():
    assert ReduceLROnPlateau(epsilon=0.25).min_delta == 0.25
    assert ReduceLROnPlateau.from_config(ReduceLROnPlateau(epsilon=0.25).get_config()).min_delta == 0.25


@pytest.mark.parametrize("rate", [None, "fast", float("nan"), -0.1, [0.1, 0.2]])
def test_scheduler_refuses_what_is_no_rate(rate):
    with pytest.raises(ArgumentError, match=r"schedule\(0\): expected a finite learning rate"):
        run(LearningRateScheduler(lambda epoch: rate), [{"loss": 1.0}])


def test_the_schedules_own_type_error_is_not_hidden():
    with pytest.raises(TypeError, match="unsupported operand"):
        run(LearningRateScheduler(lambda epoch, lr: lr + "x"), [{"loss": 1.0}])


def test_terminate_on_nan_can_raise():
    with pytest.raises(StateError, match="loss at batch 0: expected a finite number, got nan"):
        run(TerminateOnNaN(raise_error=True), [{"loss": float("nan")}], batches=1)


def test_lines_between_epochs_are_said_in_both_languages(monkeypatch):
    """What Keras prints in English; in Korean nothing of it, with the particles that the words before them want."""
    monkeypatch.setenv("NABI_LANG", "ko")
    values = {"n": 3, "rate": 0.001, "name": "val_loss", "before": "0.50000", "now": 0.4, "path": "m", "epoch": 2, "step": 5,
              "error": "E."}
    assert told("reduced", **values) == "에포크 3: 나아지지 않아 학습률을 0.001로 줄입니다."
    for key, (english, korean) in WORDS.items():
        assert sorted(re.findall("{.*?}", english)) == sorted(re.findall("{.*?}", korean)), key
        assert "(으)로" not in told(key, **values) and not re.search("Epoch|Batch|Restoring|Resuming", told(key, **values))
