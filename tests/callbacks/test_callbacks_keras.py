"""The same sequences of logs through Keras' own callbacks and ours: same stops, weights, learning rates, files."""

import hypothesis
import pytest
from callbacks_fakes import FakeModel, run
from hypothesis import given, settings
from hypothesis import strategies as st

from nabi import callbacks as ours

pytestmark = pytest.mark.filterwarnings("ignore:.*which is not available")
FEW = settings(max_examples=60, deadline=None)
SEARCH = settings(max_examples=2000, deadline=None, database=None, phases=[hypothesis.Phase.generate])  # any will do
FLAT = st.integers(0, 12).map(lambda k: k / 10)  # coarse, so that ties and steps of exactly min_delta happen
VALUES = st.one_of(FLAT, FLAT, st.floats(0, 2, width=32))
MODES = st.sampled_from(["min", "max"])


@pytest.fixture(scope="module", autouse=True)
def theirs():
    """Keras' callbacks, comparing in float64 as ours do."""
    import keras

    before = keras.config.floatx()
    keras.config.set_floatx("float64")
    yield keras.callbacks
    keras.config.set_floatx(before)


def sequences(gaps=True):
    """Logs of up to 14 epochs, "val_loss" missing in some, as with `validation_freq`."""
    value = st.one_of(st.none(), VALUES, VALUES, VALUES) if gaps else VALUES
    return st.lists(value, max_size=14).map(lambda vs: [{"loss": 1.0} | ({} if v is None else {"val_loss": v}) for v in vs])


STOPPERS = st.fixed_dictionaries(
    {
        "mode": MODES,
        "patience": st.integers(0, 4),
        "min_delta": st.sampled_from([0, 0.1, 0.25, -0.1]),
        "baseline": st.one_of(st.none(), FLAT),
        "restore_best_weights": st.booleans(),
        "start_from_epoch": st.integers(0, 3),
    }
)


def stopper_outcome(callback, epochs):
    model, ran, _ = run(callback, epochs)
    return len(ran), model.weights[0].item(), callback.stopped_epoch, callback.wait, callback.best, callback.best_epoch


@FEW
@given(options=STOPPERS, epochs=sequences())
def test_early_stopping_stops_and_restores_as_keras(theirs, options, epochs):
    assert stopper_outcome(ours.EarlyStopping(**options), epochs) == stopper_outcome(theirs.EarlyStopping(**options), epochs)


@FEW
@given(options=STOPPERS, first=sequences(), second=sequences())
def test_early_stopping_starts_afresh_in_a_second_fit_as_keras(theirs, options, first, second):
    mine, other = ours.EarlyStopping(**options), theirs.EarlyStopping(**options)
    assert stopper_outcome(mine, first) == stopper_outcome(other, first)
    assert stopper_outcome(mine, second) == stopper_outcome(other, second)


class LatePatience(ours.EarlyStopping):
    """Broken on purpose: one epoch too patient."""

    def on_epoch_end(self, epoch, logs=None):
        self.patience += 1
        super().on_epoch_end(epoch, logs)
        self.patience -= 1


class RelativeDelta(ours.EarlyStopping):
    """Broken on purpose: min_delta relative, as in torch's scheduler."""

    def improves(self, value, best):
        delta = self.min_delta if self.mode == "max" else -self.min_delta
        return best is None or (value < best * (1 + delta) if self.mode == "min" else value > best * (1 + delta))


@pytest.mark.parametrize("broken", [LatePatience, RelativeDelta])
def test_a_broken_early_stopping_differs_from_keras(theirs, broken):
    def differs(case):
        options, epochs = case
        return stopper_outcome(broken(**options), epochs) != stopper_outcome(theirs.EarlyStopping(**options), epochs)

    hypothesis.find(st.tuples(STOPPERS, sequences()), differs, settings=SEARCH)


PLATEAUS = st.fixed_dictionaries(
    {
        "mode": MODES,
        "factor": st.sampled_from([0.1, 0.5, 0.3]),
        "patience": st.integers(0, 4),
        "min_delta": st.sampled_from([0, 1e-4, 0.1]),
        "cooldown": st.integers(0, 3),
        "min_lr": st.sampled_from([0.0, 0.01, 0.02, 0.1]),
    }
)


def plateau_outcome(callback, epochs):
    model, ran, rates = run(callback, epochs)
    logged = [logs["learning_rate"] for logs in ran]
    return rates, logged, float(model.optimizer.learning_rate), callback.wait, callback.cooldown_counter, callback.best


@FEW
@given(options=PLATEAUS, epochs=sequences())
def test_plateau_gives_the_learning_rates_of_keras(theirs, options, epochs):
    mine, other = ours.ReduceLROnPlateau(**options), theirs.ReduceLROnPlateau(**options)
    assert plateau_outcome(mine, epochs) == plateau_outcome(other, epochs)


def test_a_broken_plateau_differs_from_keras(theirs):
    class CountsInCooldown(ours.ReduceLROnPlateau):
        def in_cooldown(self):
            return False

    def differs(case):
        options, epochs = case
        mine, other = CountsInCooldown(**options), theirs.ReduceLROnPlateau(**options)
        return plateau_outcome(mine, epochs) != plateau_outcome(other, epochs)

    hypothesis.find(st.tuples(PLATEAUS, sequences()), differs, settings=SEARCH)


@pytest.mark.parametrize("schedule", [lambda epoch, lr: lr * 0.9, lambda epoch: 0.1 / (1 + epoch)])
def test_scheduler_gives_the_learning_rates_of_keras(theirs, schedule):
    epochs = [{"loss": 1.0}] * 6
    mine, other = run(ours.LearningRateScheduler(schedule), epochs), run(theirs.LearningRateScheduler(schedule), epochs)
    assert mine[1:] == other[1:]
    assert mine[2][1] != mine[2][0]


CHECKPOINTS = st.fixed_dictionaries(
    {
        "mode": MODES,
        "save_best_only": st.booleans(),
        "save_weights_only": st.booleans(),
        "initial_value_threshold": st.one_of(st.none(), FLAT),
    }
)
NAMES = st.sampled_from(["best", "{epoch:02d}-{val_loss:.2f}", "e{epoch}", "{val_loss:.3e}-{loss}"])


def saved(kind, name, options, epochs, ending=".safetensors", **run_options):
    if ending != ".safetensors":
        ending = ".weights.h5" if options["save_weights_only"] else ".keras"
    callback = kind(name + ending, **options)
    if hasattr(callback, "_set_monitor_op"):
        callback._set_monitor_op()  # Keras sets it at the first epoch's end only, and fails when it saves earlier
    model, _, _ = run(callback, epochs, **run_options)
    return [(what, path.removesuffix(ending)) for what, path in model.saved], callback.best


@FEW
@given(options=CHECKPOINTS, name=NAMES, epochs=sequences(gaps=False))
def test_checkpoint_saves_the_files_of_keras(theirs, options, name, epochs):
    assert saved(ours.ModelCheckpoint, name, options, epochs) == saved(theirs.ModelCheckpoint, name, options, epochs, "keras")


@FEW
@given(
    options=CHECKPOINTS, name=st.sampled_from(["last", "{epoch:02d}-{batch:04d}-{loss:.2f}"]), freq=st.integers(1, 7),
    losses=st.lists(FLAT, max_size=4), batches=st.integers(1, 6),
)  # fmt: skip
def test_checkpoint_saves_every_so_many_batches_as_keras(theirs, options, name, freq, losses, batches):
    options = options | {"save_freq": freq, "monitor": "loss"}
    epochs = [{"loss": loss} for loss in losses]
    mine = saved(ours.ModelCheckpoint, name, options, epochs, batches=batches)
    assert mine == saved(theirs.ModelCheckpoint, name, options, epochs, "keras", batches=batches)


def test_a_broken_checkpoint_differs_from_keras(theirs):
    class TiesAreBetter(ours.ModelCheckpoint):
        def improves(self, value, best):
            return best is None or (value <= best if self.mode == "min" else value >= best)

    def differs(case):
        options, epochs = case
        mine = saved(TiesAreBetter, "{epoch}", options, epochs)
        return mine != saved(theirs.ModelCheckpoint, "{epoch}", options, epochs, "keras")

    cases = st.tuples(CHECKPOINTS, sequences(gaps=False))
    hypothesis.find(cases, differs, settings=SEARCH)


def logs_of_csv():
    """Logs of some epochs: the first fixes the columns; validation, vectors and texts come and go."""
    rare = {"accuracy": VALUES, "val_loss": VALUES, "parts": st.lists(FLAT, max_size=3), "note": st.just('a,"b"')}
    part = st.fixed_dictionaries({"loss": VALUES}, optional=rare)
    return st.lists(part, max_size=5)


@FEW
@given(epochs=logs_of_csv(), more=logs_of_csv(), separator=st.sampled_from([",", ";", "\t"]), append=st.booleans())
def test_csv_logger_writes_the_bytes_of_keras(theirs, tmp_path_factory, epochs, more, separator, append):
    folder = tmp_path_factory.mktemp("csv")
    for kind, name in ((ours.CSVLogger, "ours.csv"), (theirs.CSVLogger, "theirs.csv")):
        run(kind(str(folder / name), separator=separator), epochs)
        if not append:  # appending other columns is an error here: see test_callbacks_csv
            run(kind(str(folder / name), separator=separator), more)
        else:
            run(kind(str(folder / name), separator=separator, append=True), epochs, start=len(epochs))
    assert (folder / "ours.csv").read_bytes() == (folder / "theirs.csv").read_bytes()


def test_history_records_as_keras(theirs):
    epochs = [{"loss": 0.5, "val_loss": 0.6}, {"loss": 0.4}, {"loss": 0.3, "val_loss": 0.4}]
    mine, other = ours.History(), theirs.History()
    for history in (mine, other):
        model = FakeModel()
        run(history, epochs, model)
        run(history, epochs[:1], model, start=3)
        assert model.history is history
    assert mine.history == other.history
    assert mine.epoch == other.epoch == [3]


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf"), 1e30, None])
def test_terminate_on_nan_stops_at_the_batch_of_keras(theirs, bad, capsys):
    said = []
    for kind in (ours.TerminateOnNaN, theirs.TerminateOnNaN):
        model, ran, _ = run(kind(), [{"loss": 1.0}, {"loss": bad} if bad is not None else {}, {"loss": 1.0}], batches=3)
        said.append((len(ran), model.stop_training, capsys.readouterr().out))
    assert said[0] == said[1]


def test_directions_by_name_are_those_of_keras_metrics():
    """Every metric and loss of Keras that states a direction: its default name gives the same."""
    import keras

    asked = 0
    for name in dir(keras.metrics):
        kind = getattr(keras.metrics, name)
        if not (isinstance(kind, type) and issubclass(kind, keras.metrics.Metric)) or name == "MeanMetricWrapper":
            continue
        arguments = {
            "IoU": (2, [0]), "BinaryIoU": ([0],), "MeanIoU": (2,), "OneHotIoU": (2, [0]), "OneHotMeanIoU": (2,),
            "PrecisionAtRecall": (0.5,), "RecallAtPrecision": (0.5,), "SensitivityAtSpecificity": (0.5,),
            "SpecificityAtSensitivity": (0.5,),
        }.get(name, ())  # fmt: skip
        metric = kind(*arguments)
        told = getattr(metric, "_direction", None)
        if told in ("up", "down"):
            asked += 1
            assert ours.direction(f"val_{metric.name}") == {"up": "max", "down": "min"}[told], metric.name
    assert asked > 20
