"""Notebooks whose cells call magics of their own, as those of a book that run on one backend each."""

import json
import os

from nabi.as_keras.running import Trial, run_file

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
