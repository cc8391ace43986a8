"""Threads of a script: as Python does, the end waits for them, with nabi still in Keras' place; not for daemons nor for pools."""

import textwrap

from nabi.as_keras.scripts.running import DONE, FAILED, Trial, run_file

SCRIPT = """
    import time
    from concurrent.futures import ThreadPoolExecutor
    from threading import Event, Thread

    def late(name):
        time.sleep(0.02)
        import keras.backend as K
        for n in range(1):
            print(name, [float(one) for one in K.eval(K.ones((2,)))])

    Thread(target=lambda: (late("first"), Thread(target=late, args=("of the first",)).start())).start()
    Thread(target=Event().wait, daemon=True).start()
    pool = ThreadPoolExecutor(1)
    pool.submit(int)
    print("end of the text")
"""


def run(tmp_path, text):
    path = tmp_path / "script.py"
    path.write_text(textwrap.dedent(text))
    return run_file(path, trial=Trial(out=None))


def test_threads_end_before_the_script(tmp_path, capsys):
    assert run(tmp_path, SCRIPT) == DONE
    assert capsys.readouterr().out.splitlines() == ["end of the text", "first [1.0, 1.0]", "of the first [1.0, 1.0]"]


def test_also_after_an_error(tmp_path, capsys):
    assert run(tmp_path, SCRIPT + "\n    raise RuntimeError('x')\n") == FAILED
    assert "of the first [1.0, 1.0]" in capsys.readouterr().out
