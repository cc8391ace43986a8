"""Notebooks whose cells call magics of their own, as those of a book that run on one backend each."""

import json
import os
import shutil
import sys

import pytest

from nabi.as_keras.scripts.running import Trial, run_file

CELLS = ["""%env NABI_TRIED=3
%pylab inline
from IPython.core.magic import register_cell_magic, register_line_magic
@register_line_magic
def said(line):
    seen.append(line)
seen = [getattr(np, 'pi') > 3]
%said first
""", """%said second
@register_cell_magic
def backend(line, cell):
    if line.strip() == 'tensorflow':
        get_ipython().run_cell(cell)
""", "%%backend tensorflow\nimport tensorflow as tf\n%matplotlib inline\nseen.append(float(tf.constant(2.0)))\n",
         "%%backend jax\nimport a_library_that_is_not_there\n", """from IPython.core.magic import Magics, magics_class, line_magic
@magics_class
class Two(Magics):
    @line_magic
    def two(self, line):
        return 2 * int(line)
get_ipython().register_magics(Two)
from IPython import get_ipython as asked
seen.append(asked().run_line_magic('two', '4'))
assert seen == [True, 'first', 'second', 2.0, 8], seen
"""]


def test_magics_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setitem(os.environ, "NABI_TRIED", "0")
    path = tmp_path / "book.ipynb"
    cells = [{"cell_type": "code", "source": text, "metadata": {}, "outputs": []} for text in CELLS]
    path.write_text(json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}))
    assert run_file(path, trial=Trial(out=None)) == 0 and os.environ["NABI_TRIED"] == "3"


def book(path, *cells):
    """A notebook of these cells."""
    made = [{"cell_type": "code", "source": text, "metadata": {}, "outputs": []} for text in cells]
    path.write_text(json.dumps({"cells": made, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}))
    return path


def test_shell_lines_that_python_does_as_well(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, kind in (("pictures", "zip"), ("texts", "gztar")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text(name)
        shutil.make_archive(name, kind, name)
    (tmp_path / "helper.py").write_text("def seven():\n    return 7\n")
    cells = ["!pip install keras==2.3 \\\n    numpy \\\n  pandas\nwhere = 'made/in'\n", "!mkdir -p {where} $where/b && mkdir c\n",
             "# a comment\n!unzip -q pictures.zip -d unpacked\n!tar -xzf texts.tar.gz -C c",
             "%%bash\nmkdir d\ncp unpacked/*.txt d\n",
             "!mv d/a.txt made/in\n!unzip -q absent.zip\n!rm -rf c\n%mkdir e\n%cd \"c\"\n%cd ..\n%run helper.py\n"
             "assert seven() == 7",
             "listed = !ls\nif True:\n    !mkdir f\n"]
    with pytest.warns(match="left out: !pip install keras==2.3 numpy pandas"):
        assert run_file(book(tmp_path / "book.ipynb", *cells), trial=Trial(out=None)) == 0
    assert (tmp_path / "made/in/a.txt").read_text() == "pictures" and (tmp_path / "made/in/b").is_dir()
    assert (tmp_path / "c/a.txt").read_text() == "texts" and (tmp_path / "unpacked/a.txt").exists()
    assert not list((tmp_path / "d").iterdir()) and (tmp_path / "e").is_dir() and (tmp_path / "f").is_dir()


def test_notebook_saved_as_a_script(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "lesson.py"
    path.write_text("# %%\n!pip install keras\n%matplotlib inline\n!mkdir made\n"
                    "# %%\n%%time\nx = 7 %2\n  # a comment\nassert x == 1\n")
    assert run_file(path, trial=Trial(out=None)) == 0 and (tmp_path / "made").is_dir()


def test_output_that_the_script_replaced(tmp_path, capsys):
    path = tmp_path / "tee.py"
    path.write_text("import sys\nclass Tee:\n    def write(self, text): pass\n    def flush(self): raise ValueError('closed')\n"
                    "sys.stdout = Tee()\nprint('nobody reads it')\n")
    before = sys.stdout
    assert run_file(path, trial=Trial(out=None)) == 0 and sys.stdout is before and capsys.readouterr().err == ""


def test_colab(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("A_KEY", "1")
    cells = ["import google.colab\nfrom google.colab import auth, data_table, drive, files, output, runtime, userdata\n"
             "from google.colab.patches import cv2_imshow\nimport sys\nassert 'google.colab' in sys.modules\n"
             "drive.mount('/content/drive', force_remount=True)\ndrive.flush_and_unmount()\nfiles.download('a.csv')\n"
             "output.eval_js('1')\ndata_table.enable_dataframe_formatter()\nassert userdata.get('A_KEY') == '1'\n"
             "assert files.upload() == {}"]
    assert run_file(book(tmp_path / "book.ipynb", *cells), trial=Trial(out=None)) == 0
