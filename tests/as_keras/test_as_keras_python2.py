"""Python 2: scripts that Python 3 could read, and calls that its converter leaves. Oracle: what Python 2.7 prints."""

import ast

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
                                  "import pandas as pd\ndf.iteritems()", "if sys.version_info[0] == 2:\n    d.iteritems()"])
def test_what_is_python_3(text):
    assert not asks_for_python_2(text, ast.parse(text))
