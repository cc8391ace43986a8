"""What homework meets: shapes as TensorFlow prints them, files that are not here or not UTF-8, Hangul without a font."""

import json

import numpy as np
import pytest

from nabi.as_keras import notes
from nabi.as_keras.scripts import families
from nabi.as_keras.scripts.failing import told
from nabi.as_keras.scripts.running import Trial, run_file

LINES = """import tensorflow as tf
t = tf.constant([[1., 2.], [3., 4.]])
print(t.shape, t.dtype, [t.shape], [t.dtype], (t.shape,))
print(f"{t.shape} {t.dtype} {t.shape!r} {t.dtype!r}", "{} {}".format(t.shape, t.dtype),
      "%s" % t.dtype, str(t.shape), repr(t.dtype))
print("%s and %s" % (t.shape, t.dtype), tf.float32, t.numpy().shape, *[t.shape], sep="; ")
"""
TENSORFLOW = """(2, 2) <dtype: 'float32'> [TensorShape([2, 2])] [tf.float32] (TensorShape([2, 2]),)
(2, 2) <dtype: 'float32'> TensorShape([2, 2]) tf.float32 (2, 2) <dtype: 'float32'> <dtype: 'float32'> (2, 2) tf.float32
(2, 2) and <dtype: 'float32'>; <dtype: 'float32'>; (2, 2); """  # TensorFlow 2.21


def homework(folder, text, name="homework.py"):
    (folder / name).write_text(text, encoding="utf-8")
    return run_file(folder / name, trial=Trial(out=None))


def test_shapes_and_dtypes_are_printed_as_tensorflows(tmp_path, capsys):
    assert homework(tmp_path, LINES) == 0
    assert capsys.readouterr().out.startswith(TENSORFLOW)
    assert homework(tmp_path, "import torch\n" + LINES) == 0
    assert capsys.readouterr().out.startswith("torch.Size([2, 2]) torch.float32 [torch.Size([2, 2])]")


def test_listed_files_of_a_notebook(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    for name in ("b.csv", "a.csv", "c.txt", ".hidden"):
        (tmp_path / "data" / name).write_text("1\n")
    cells = ["import tensorflow as tf", "files = !ls data\nprint(files, files.grep('csv'), files.n.split(), files.s)",
             "!ls data/*.csv\n!cat data/a.csv", "here = !pwd\nimport os\nassert here == [os.getcwd()]", "gone = !ls absent\ngone",
             "tf.zeros((2, 3)).shape", "[tf.zeros(2).dtype]"]
    book = {"nbformat": 4, "cells": [{"cell_type": "code", "source": text} for text in cells]}
    with pytest.warns(match="Left out: !ls absent"):
        assert homework(tmp_path, json.dumps(book), "book.ipynb") == 0
    assert capsys.readouterr().out == ("['a.csv', 'b.csv', 'c.txt'] ['a.csv', 'b.csv'] "
                                       "['a.csv', 'b.csv', 'c.txt'] a.csv b.csv c.txt\n"
                                       "data/a.csv\ndata/b.csv\n1\n[]\nTensorShape([2, 3])\n[tf.float32]\n")


def test_a_file_that_is_not_here(tmp_path, capsys, monkeypatch):
    own, current = tmp_path / "own", tmp_path / "current"
    own.mkdir()
    current.mkdir()
    monkeypatch.chdir(current)
    (own / "집값.csv").write_text("1")
    assert homework(own, "open('집값.csv')") == 1
    assert capsys.readouterr().err.endswith(f"cd {own}, then run it again.\n")
    monkeypatch.setenv("NABI_LANG", "ko")
    assert homework(own, "open('집.csv')") == 1
    assert f"nabi: 알림: 집.csv는 현재 폴더에서 찾는데, 현재 폴더 {current}에는 없습니다.\n" in capsys.readouterr().err
    assert homework(own, "open('/absent/a.csv')") == 1 and "알림" not in capsys.readouterr().err


def test_a_file_of_korean_excel(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_bytes("지역,면적\n강남,1\n".encode("cp949"))
    assert homework(tmp_path, "import pandas as pd\npd.read_csv('a.csv')") == 1
    said = capsys.readouterr().err
    assert "UnicodeDecodeError" in said and ".pyx" not in said and said.endswith("are cp949: encoding='cp949'.\n")
    assert "cp949" not in told(ValueError("x"))


def test_hangul_without_a_font_is_said_once(monkeypatch):
    monkeypatch.setenv("NABI_LANG", "ko")
    notes.forget()
    with pytest.warns(notes.OldSpelling) as said:
        for letter in ("GA", "NA"):
            families.note_of_glyph(f"Glyph 44032 (\\N{{HANGUL SYLLABLE {letter}}}) missing from font(s) DejaVu Sans.")
        families.note_of_glyph("Glyph 9731 (\\N{SNOWMAN}) missing from font(s) DejaVu Sans.")
    notes.forget()
    assert [str(one.message)[:13] for one in said] == ["한글이 들어 있는 글꼴이", "그림에 쓴 글자 일부가 "]


def test_koreanize_matplotlib(tmp_path):
    import matplotlib

    with matplotlib.rc_context():
        assert homework(tmp_path, "import koreanize_matplotlib, keras\nimport matplotlib.pyplot as plt\n"
                                  "assert plt.rcParams['font.family'] == ['NanumGothic']\n"
                                  "assert plt.rcParams['axes.unicode_minus'] is False\n") == 0


def test_numbers_of_a_heatmap_can_be_read():
    """seaborn 0.13's rule: white below a luminance of 0.408, else a dark grey; of Blues at 0, 1/2 and 1."""
    from matplotlib.figure import Figure

    from nabi.as_keras.companions.seaborn_plots import heatmap

    ax = heatmap(np.array([[0.0, 0.5, 1.0]]), annot=True, cmap="Blues", ax=Figure().subplots())
    assert [text.get_color() for text in ax.texts] == ["0.15", "white", "white"]


def test_pictures_that_cannot_be_kept_are_named(tmp_path, capsys, monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    (tmp_path / "draws.py").write_text("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\nplt.plot([1])\nplt.show()")
    assert run_file(tmp_path / "draws.py", trial=Trial(out="file/runs")) == 0
    assert capsys.readouterr().err.count("nabi: pictures are not kept: run folder file/runs") == 1
