"""The collector of garbage rests while nabi's own processes import, and leaves alone what they made."""

import gc

import pytest

from nabi.as_keras.scripts import running
from nabi.cli import main
from nabi.core.collector import lasting


@pytest.fixture
def frozen(monkeypatch):
    """Whether the collector ran at each call of gc.freeze; nothing is frozen."""
    seen = []
    monkeypatch.setattr(gc, "freeze", lambda: seen.append(gc.isenabled()))
    return seen


def test_within_the_block_nothing_is_collected(frozen):
    with pytest.raises(KeyError), lasting():
        assert not gc.isenabled() and frozen == []
        raise KeyError
    assert gc.isenabled() and frozen == [False]
    gc.disable()
    try:
        with lasting():
            pass
        assert not gc.isenabled()  # as it was
    finally:
        gc.enable()


def test_commands_that_are_the_process_leave_their_imports_alone_and_scripts_begin_so(frozen, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("sys.argv", ["nabi", "runs", "--out", str(tmp_path)])
    assert main() == 0 and frozen == [False]
    assert main(["runs", "--out", str(tmp_path)]) == 0 and frozen == [False]  # a process of somebody else's
    (tmp_path / "script.py").write_text("import gc\nprint(gc.isenabled())")
    assert running.run_file(tmp_path / "script.py", trial=running.Trial(out=None)) == 0
    assert frozen == [False] * 2 and capsys.readouterr().out.endswith("True\n")
