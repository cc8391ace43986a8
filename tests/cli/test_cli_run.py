"""`nabi run`: __main__, arguments, exit codes, short errors, notebooks, pictures, shortened scripts, runs."""

import json
import os
import shutil
import sys

import pytest

SCRIPT = """
import sys
import numpy as np
from keras.layers import Dense
from keras.models import Sequential

x, y = np.random.rand(100, 4), np.random.rand(100, 1)
model = Sequential()
model.add(Dense(output_dim=2, input_dim=4))
model.add(Dense(1))
model.compile("sgd", "mse")
log = model.fit(x, y, nb_epoch=5, batch_size=10, verbose=0)
print(__name__, sys.argv[1:], len(log.history["loss"]), log.params["steps"])
"""


@pytest.fixture
def place(monkeypatch, tmp_path, nabi):
    monkeypatch.chdir(tmp_path)

    def write(name, text):
        (tmp_path / name).write_text(text if isinstance(text, str) else json.dumps(text), encoding="utf-8")
        return name

    return write


def test_a_script_runs_as_main_and_its_fit_is_a_run(nabi, place, tmp_path):
    before = list(sys.path), sys.argv, sys.modules["__main__"]
    code, out, err = nabi("run", place("lecture.py", SCRIPT), "--depth", "3")
    assert (code, out) == (0, "__main__ ['--depth', '3'] 5 10\n")
    assert err.count("nabi: note:") == 2 and "the fit is recorded in" in err.splitlines()[-1]
    assert "output_dim" in err and "nb_epoch" in err
    assert (list(sys.path), sys.argv, sys.modules["__main__"]) == before
    (run,) = nabi("runs", "--json", parse=True)[1]
    assert run["run"].endswith("-lecture") and run["epochs"] == 5 and run["state"] == "finished" and run["kept_epoch"] is None
    assert "model.save('model.safetensors')" in nabi("evaluate", run["folder"], "digits")[2]
    for n in (10, 2):
        shutil.copytree(run["folder"], f"runs/20260101-000000-a-fit-{n}")
    (tmp_path / "runs/20260101-000000-a-fit-2/history.csv").write_text("epoch,val_acc\n1,0.5\n2,0.75\n")
    rows = nabi("runs", "--json", parse=True)[1]
    assert [row["run"][16:] for row in rows] == ["a-fit-2", "a-fit-10", "lecture"] and rows[0]["val_accuracy"] == 0.75


TRIES = """
import os
from keras import Input, Model
from keras.layers import Dense
import keras
import matplotlib.pyplot as plt

print(os.environ["NABI_STAND_IN"])
x = Input((2,))
y = Dense(10, activation="softmax")
try:
    Model(x, y)
except ValueError as error:
    print(error)
model = Model(x, y(x))
model.compile("sgd", "binary_crossentropy")
log = model.fit([[1.0, 2.0], [3.0, 4.0]], [3, 4], verbose=0)
log.plot("loss")
plt.show()
keras.utils.plot_model(model, "m.svg")
log.history["val_loss"]
"""


def test_a_first_try(nabi, place, tmp_path, monkeypatch):
    monkeypatch.delenv("NABI_STAND_IN", raising=False)
    code, out, err = nabi("run", "--stand-in", place("tries.py", TRIES))
    assert code == 1 and out.startswith("1\n") and "Dense(...)(x)" in out and "--stand-in: made-up data" in err
    assert "NABI_STAND_IN" not in os.environ and "all with all" not in err and err.count("For class numbers") == 1
    assert len([*tmp_path.glob("runs/*-tries/picture-1.png")]) == 1 and ">dense" in (tmp_path / "m.svg").read_text()
    assert "val_loss needs validation_data or validation_split in fit. There are: loss" in err


def test_a_trial_is_short(nabi, place):
    code, out, _ = nabi("run", "--max-epochs", 2, "--fast-data", 30, "--seed", 1, "--out", "trial", place("lecture.py", SCRIPT))
    assert (code, out) == (0, "__main__ [] 5 3\n")  # a History of five, of which two were learned
    (run,) = nabi("runs", "list", "--out", "trial", "--json", parse=True)[1]
    assert run["epochs"] == 2


def test_options_of_a_trial_may_stand_behind(nabi, place):
    """Unless the script has an option of that name itself."""
    code, out, _ = nabi("run", place("lecture.py", SCRIPT), "a", "--max-epochs=2", "-x", "--fast-data", 30)
    assert (code, out) == (0, "__main__ ['a', '-x'] 5 3\n")
    own = place("own.py", "import sys\nprint(sys.argv[1:])  # --max-epochs N\n")
    code, out, _ = nabi("run", own, "--max-epochs", "9", "--seed", "4")
    assert (code, out) == (0, "['--max-epochs', '9', '--seed', '4']\n")
    with pytest.raises(SystemExit, match="2"):
        nabi("run", place("lecture.py", SCRIPT), "--fast-data", "none")


FAILS = "import keras\ndef make():\n    return keras.layers.Dense(unit=3)\nmake()\n"


def test_an_error_shows_the_scripts_own_lines(nabi, place):
    code, _, err = nabi("run", place("wrong.py", FAILS))
    lines = err.splitlines()
    assert code == 1 and [line.split(",")[:2] for line in lines if line.startswith("  File ")] == [
        ['  File "wrong.py"', " line 4"], ['  File "wrong.py"', " line 3"]]
    assert "return keras.layers.Dense(unit=3)" in err and lines[-1].startswith("nabi.core.errors.ArgumentError: Dense(unit=...)")
    assert nabi("run", "--traceback", "wrong.py")[2].count("  File ") > 4
    assert "SyntaxError" in nabi("run", place("torn.py", "x = = 1\n"))[2]
    assert "keras.layers.Dens is not part of nabi" in nabi("run", place("name.py", "from keras.layers import Dens"))[2]


@pytest.mark.parametrize("text, code", [("", 0), ("import sys; sys.exit(7)", 7), ("import sys; sys.exit()", 0),
                                        ("import sys; sys.exit('no')", 1), ("raise KeyboardInterrupt", 130), ("1/0", 1)])
def test_exit_codes_are_pythons(nabi, place, text, code):
    assert nabi("run", place("s.py", text))[0] == code


def test_what_is_no_script(nabi, place):
    place("lecture.py", SCRIPT)
    assert "Did you mean 'lecture.py'" in nabi("run", "lectur.py")[2]
    assert "got a .md file" in nabi("run", place("READ.md", "# A"))[2]
    code, _, err = nabi("run", "none.py")
    assert code == 1 and "expected a Python file or a notebook" in err and "Traceback" not in err
    assert "a notebook in JSON" in nabi("run", place("b.ipynb", "no json"))[2]


def test_a_script_in_python_2_is_read(nabi, place):
    code, out, err = nabi("run", place("old.py", "for i in xrange(2):\n\tprint 'n', i\n        print 3"))
    assert (code, out) == (0, "n 0\n3\nn 1\n3\n") and "Python 2" in err


def cell(*lines):
    return {"cell_type": "code", "source": [line + "\n" for line in lines]}


BOOK = {"nbformat": 4, "cells": [
    {"cell_type": "markdown", "source": ["# A title"]},
    cell("%matplotlib inline", "!pip install keras", "import keras", "from IPython.display import display"),
    cell("%%time", "model = keras.Sequential([keras.layers.Dense(2, input_shape=(3,))])", "model.count_params()"),
    cell("%%bash", "exit 1"), cell("if True:", "    !ls", "    names = !ls", "%time n = 1", "n, names"),
    cell("import matplotlib.pyplot as plt", "plt.plot([1, 2]);"), cell('text = """', "!kept", '"""', "print(text.strip())"),
    cell("undefined")]}


def test_a_notebook(nabi, place, tmp_path, monkeypatch):
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")  # what other tests of this process left open would be saved, too
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    code, out, err = nabi("run", place("book.ipynb", BOOK))
    assert code == 1 and "8\n" in out and "!kept" in out
    assert 'File "book.ipynb, cell 7", line 1' in err and "NameError" in err and "pip install" in err
    assert [path.name for path in tmp_path.glob("runs/*-book/*.png")] == ["picture-1.png"] and "1 picture in" in err
