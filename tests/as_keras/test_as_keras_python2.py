"""Python 2: scripts that Python 3 could read, and calls that its converter leaves. Oracle: what Python 2.7 prints."""

import ast
import json

import pytest

from nabi.as_keras.scripts.python2 import asks_for_python_2
from nabi.as_keras.scripts.running import Trial, run_file

SCRIPT = """from __future__ import print_function
import csv, string, sys
import cPickle as pk
reload(sys)
sys.setdefaultencoding("utf-8")
table = {"a": 1}
for k, v in table.iteritems():
    print(k, v, k.decode("utf-8"), table.has_key(k), table.keys()[0])
print([i for i in xrange(7 / 2)], string.letters[:2], sys.maxint > 9)
with open("t.csv", "wb") as f:
    csv.writer(f).writerow([1, "b"])
with open("t.csv", "rb") as f:
    print(list(csv.reader(f)))
pk.dump(table, open("t.pkl", "w"))
print(pk.load(open("t.pkl")))
f = file("t.txt", "a")
f.write("x")
f.close()
print(file("t.txt").read())
"""


def test_a_script_that_python_3_can_read(served, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old.py").write_text(SCRIPT)
    assert run_file(tmp_path / "old.py", trial=Trial(out=None)) == 0
    assert capsys.readouterr().out.splitlines() == ["a 1 a True a", "[0, 1, 2] ab True", "[['1', 'b']]", "{'a': 1}", "x"]


def test_pickles_of_python_2_and_texts_in_bytes(served, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old.pkl").write_bytes(b"(dp0\nS'caf\\xe9'\np1\nI1\ns.")  # Python 2: pickle.dumps({"caf\xe9": 1})
    (tmp_path / "old.py").write_text("import pickle\nprint pickle.load(open('old.pkl'))\n"
                                     "import StringIO\nfrom cStringIO import StringIO as C\n"
                                     "print StringIO.StringIO(b'ab').read() == C(b'ab').read() == b'ab'\n"
                                     "print C('a\\nb').readlines()\n")
    assert run_file(tmp_path / "old.py", trial=Trial(out=None)) == 0
    assert capsys.readouterr().out.splitlines() == ["{'caf\xe9': 1}", "True", "['a\\n', 'b']"]


@pytest.mark.parametrize("text", ["for i in range(3): pass", "try:\n    xrange\nexcept NameError:\n    xrange = range",
                                  "from six.moves import xrange\nxrange(3)", "for file in names: print(file)",
                                  "import pandas as pd\ndf.iteritems()", "if PY2:\n    text = unicode(text)",
                                  "def f(x: int): xrange(x)", "print(f'{n / 2}', d.iteritems())", "try: long(3)\nfinally: a @ b",
                                  "if sys.version_info[0] == 2:\n    d.iteritems()"])
def test_what_is_python_3(text):
    assert not asks_for_python_2(text, ast.parse(text))


def test_whole_quotients_of_numpy_and_in_place(served, tmp_path, capsys):
    """Python 2.7 and NumPy 1.16: integers divide to integers, arrays of them too; 7.0 does not."""
    (tmp_path / "old.py").write_text("import numpy as np\na = np.array([7, 9]); b = a; n = 7; f = 7.0; d = {'k': 9}\n"
                                     "n /= 2; f /= 2; d['k'] /= 2; b /= 2\n"
                                     "print n, f, d['k'], a, a.sum() / 2, np.array([7]) / 2, np.array([7.]) / 2, a / 2.\n")
    assert run_file(tmp_path / "old.py", trial=Trial(out=None)) == 0
    assert capsys.readouterr().out.split() == "3 3.5 4 [3 4] 3 [3] [3.5] [1.5 2. ]".split()


def test_a_text_of_both_is_an_error(served, tmp_path, capsys):
    (tmp_path / "both.py").write_text("n = 7 / 2\nprint(f'{n}')\nprint n\n")
    assert run_file(tmp_path / "both.py", trial=Trial(out=None)) == 1
    assert "SyntaxError" in capsys.readouterr().err


@pytest.mark.parametrize("version,said", [("2.7.12", "3 True | ('a', 2) | 3 3.5"), ("3.6.0", "3.5 True | a 2 | 3.5 3.5")])
def test_notebooks_say_their_python(served, tmp_path, capsys, version, said):
    """Cells of Python 2 divide as it does, also where Python 3 can read them."""
    cells = ["import csv\nn = 7 / 2",
             "print('%s %s' % (n, csv.reader(['a']) is not None))", "print('a', 2)", "f = 7.0 / 2",
             "print('%s %s' % (7 / 2, f))"]
    book = {"cells": [{"cell_type": "code", "source": one} for one in cells], "metadata": {"language_info": {"version": version}}}
    (tmp_path / "old.ipynb").write_text(json.dumps(book))
    assert run_file(tmp_path / "old.ipynb", trial=Trial(out=None)) == 0
    assert capsys.readouterr().out.splitlines() == said.split(" | ")


def test_a_notebook_of_python_2_that_asks_for_the_future(served, tmp_path, capsys):
    cells = ["from __future__ import division, print_function", "print('a', 7 / 2)"]
    book = {"cells": [{"cell_type": "code", "source": one} for one in cells], "metadata": {"kernelspec": {"name": "python2"}}}
    (tmp_path / "old.ipynb").write_text(json.dumps(book))
    assert run_file(tmp_path / "old.ipynb", trial=Trial(out=None)) == 0
    assert capsys.readouterr().out == "a 3.5\n"
