"""CallbackList: order, which hooks are called, what an unused hook costs, states, monitors, errors."""

import timeit
from collections.abc import Mapping
from types import SimpleNamespace

import pytest

from nabi import callbacks
from nabi.callbacks import Callback, CallbackList, EarlyStopping, History, LambdaCallback, ModelCheckpoint, ReduceLROnPlateau
from nabi.callbacks.callback import HOOKS
from nabi.core.errors import ArgumentError, StateError, UnknownName


class Recorder(Callback):
    """Writes down every call."""

    def __init__(self, name, calls):
        self.name = name
        self.calls = calls


def _recording(hook):
    return lambda self, *args: self.calls.append((self.name, hook, *args))


for _hook in HOOKS:
    setattr(Recorder, _hook, _recording(_hook))


class Unread(Mapping):
    """Logs that must not be looked at."""

    def __getitem__(self, name):
        raise AssertionError(f"{name} was read")

    def __iter__(self):
        raise AssertionError("the logs were read")

    __len__ = __bool__ = __iter__


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_reaches_all_callbacks_in_order_with_the_same_logs(hook):
    calls, logs = [], Unread()
    both = CallbackList([Recorder("first", calls), [Recorder("second", calls)]])
    place = (3,) if "batch" in hook or "epoch" in hook else ()
    getattr(both, hook)(*place, logs)
    assert [call[:-1] for call in calls] == [("first", hook, *place), ("second", hook, *place)]
    assert all(call[-1] is logs for call in calls)


def test_logs_are_an_empty_dict_where_the_loop_gives_none():
    calls = []
    both = CallbackList([Recorder("a", calls)])
    both.on_train_begin()
    both.on_epoch_begin(0)
    both.on_train_batch_begin(0)
    assert [call[-1] for call in calls] == [{}, {}, {}]


@pytest.mark.parametrize("end", ["begin", "end"])
def test_older_batch_hooks_are_called_for_training_batches_only(end):
    seen = []

    class Old(Callback):
        pass

    setattr(Old, f"on_batch_{end}", lambda self, batch, logs=None: seen.append(("class", batch)))
    lone = LambdaCallback(**{f"on_batch_{end}": lambda batch, logs: seen.append(("object", batch))})
    both = CallbackList([Old(), lone])
    for phase in ("train", "test", "predict"):
        getattr(both, f"on_{phase}_batch_{end}")(7, {})
    assert seen == [("class", 7), ("object", 7)]


def test_a_hook_that_nobody_overrides_costs_less_than_a_microsecond():
    many = CallbackList([EarlyStopping("loss"), ReduceLROnPlateau("loss"), History()] * 10)
    logs = Unread()
    for hook in (many.on_train_batch_begin, many.on_train_batch_end):
        seconds = min(timeit.repeat(lambda hook=hook: hook(5, logs), number=20_000, repeat=5)) / 20_000
        assert seconds < 1e-6


def test_what_one_callback_adds_to_the_epochs_logs_is_seen_by_the_next_and_by_history():
    model = SimpleNamespace(stop_training=False)
    adder = LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update(val_f1=0.5))
    stopper = EarlyStopping("val_f1", mode="max")
    both = CallbackList([adder, stopper], add_history=True, model=model)
    both.on_train_begin()
    both.on_epoch_end(0, {"loss": 1.0})
    assert stopper.best == 0.5
    assert model.history is both.history
    assert both.history.history == {"loss": [1.0], "val_f1": [0.5]}


def test_params_and_model_reach_everyone_also_one_appended_later():
    model, late = SimpleNamespace(), History()
    both = CallbackList([early := EarlyStopping()], model=model, epochs=3, steps=None)
    both.append(late)
    assert early.params == late.params == {"epochs": 3, "steps": None}
    assert early.model is late.model is model
    both.on_epoch_end(0, {"val_loss": 2.0})
    assert late.history == {"val_loss": [2.0]}


def test_a_history_of_the_users_own_is_not_doubled():
    mine = History()
    both = CallbackList([mine], add_history=True)
    assert both.history is mine
    assert both.callbacks == [mine]


def test_a_subclass_that_forgets_super_init_works():
    class Careless(Callback):
        def __init__(self):
            pass

    careless = Careless()
    CallbackList([careless], model="model", epochs=1).on_train_batch_end(0, {})
    assert careless.model == "model"
    assert careless.params == {"epochs": 1}
    assert repr(careless) == "<Careless>"


def test_states_are_keyed_by_position_and_class_and_come_back():
    before = CallbackList([EarlyStopping("loss"), LambdaCallback(), ReduceLROnPlateau("loss")], add_history=True)
    state = before.state()
    assert list(state) == ["0:EarlyStopping", "1:ReduceLROnPlateau", "2:History"]
    state["0:EarlyStopping"]["wait"] = 5
    after = CallbackList([Recorder("no state", []), stopper := EarlyStopping("loss"), ReduceLROnPlateau("loss"), History()])
    after.load_state(state)
    assert stopper.wait == 5


def test_a_users_own_state_is_part_of_the_state():
    class Counter(Callback):
        seen = 0

        def state(self):
            return {"seen": self.seen}

        def load_state(self, state):
            self.seen = state["seen"]

    after = CallbackList([counter := Counter()])
    after.load_state({"0:Counter": {"seen": 9}})
    assert counter.seen == 9
    assert after.state() == {"0:Counter": {"seen": 9}}


def test_a_state_is_a_snapshot():
    history = History()
    history.on_epoch_end(0, {"loss": 1.0})
    state = history.state()
    history.on_epoch_end(1, {"loss": 0.5})
    assert state["history"] == {"loss": [1.0]}
    other = History()
    other.load_state(state)
    other.on_epoch_end(1, {"loss": 0.25})
    assert state["history"] == {"loss": [1.0]}


def test_other_callbacks_than_before_are_an_error_that_names_both():
    state = CallbackList([EarlyStopping("loss")]).state()
    with pytest.raises(StateError, match=r"expected .*\['0:EarlyStopping'\], got \['0:ReduceLROnPlateau'\]\. Resume"):
        CallbackList([ReduceLROnPlateau("loss")]).load_state(state)


def test_a_state_of_another_kind_is_an_error():
    with pytest.raises(StateError, match=r"EarlyStopping\.load_state: expected the entries \['best', .*got \['seen'\]"):
        EarlyStopping().load_state({"seen": 1})


def test_missing_monitors_are_an_error_that_offers_the_nearest_name():
    logs = {"loss": 1.0, "accuracy": 0.5, "val_loss": 1.0, "val_accuracy": 0.5}
    CallbackList([EarlyStopping("val_loss"), ModelCheckpoint("{epoch}-{val_accuracy}.safetensors")]).check_monitors(logs)
    with pytest.raises(UnknownName, match=r"EarlyStopping\(monitor\): .*got 'val_acc'\. Did you mean 'val_accuracy'\?"):
        CallbackList([EarlyStopping("val_acc")]).check_monitors(logs)
    with pytest.raises(UnknownName, match=r"got 'val_acc'"):
        CallbackList([ModelCheckpoint("{val_acc}.safetensors")]).check_monitors(logs)
    CallbackList([ModelCheckpoint("m.safetensors", monitor="val_acc")]).check_monitors(logs)  # decides nothing


def test_missing_validation_data_are_named():
    logs = {"loss": 1.0, "accuracy": 0.5}
    waiting = CallbackList([EarlyStopping("val_loss")])
    waiting.check_monitors(logs, validation_pending=True)
    with pytest.raises(UnknownName, match=r"val_loss needs validation_data or validation_split in fit\. Did you mean 'loss'\?"):
        waiting.check_monitors(logs)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (EarlyStopping, r"callback objects, got the class EarlyStopping\. Write EarlyStopping\(\)\."),
        (["EarlyStopping"], r"callback objects, got 'EarlyStopping'\. .*LambdaCallback"),
        (print, r"callback objects, got <built-in function print>"),
    ],
)
def test_what_is_no_callback_is_refused(wrong, message):
    with pytest.raises(ArgumentError, match=message):
        CallbackList(wrong)


def test_lambda_callback_refuses_a_hook_that_does_not_exist():
    with pytest.raises(UnknownName, match="Did you mean 'on_epoch_end'"):
        LambdaCallback(on_epoch_ends=print)
    with pytest.raises(ArgumentError, match=r"LambdaCallback\(on_epoch_end\): expected a function, got 3"):
        LambdaCallback(on_epoch_end=3)


def test_the_list_and_everyone_in_it_speak_through_the_progress_display():
    import io

    stream = io.StringIO()
    both = CallbackList([stopper := EarlyStopping(), callbacks.Progress(2, stream)])
    both.on_train_begin()
    both.tell("from the loop")
    stopper.tell("from a callback")
    assert stream.getvalue() == "from the loop\nfrom a callback\n"
    CallbackList([stopper])
    assert stopper.tell is print


def test_close_reaches_everyone():
    closed = []

    class Closing(Callback):
        def close(self):
            closed.append(self)

    both = CallbackList([Closing(), Closing()])
    both.close()
    assert closed == both.callbacks


@pytest.mark.parametrize("name", ["EarlyStopping", "ReduceLROnPlateau", "History", "TerminateOnNaN", "Progress"])
def test_get_makes_by_name_and_config_and_serialize_is_the_way_back(name):
    made = callbacks.get(name)
    again = callbacks.get(callbacks.serialize(made))
    assert type(again) is type(made)
    assert callbacks.get(made) is made
