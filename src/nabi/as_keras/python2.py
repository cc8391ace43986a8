"""Python 2: scripts of 2016 that write `print x`: read by Python's own converter, where this Python still has it (up to 3.12).

    print "loss:", loss        print("loss:", loss)
    for i in xrange(10):       for i in range(10):
"""

import importlib.util
import warnings

from nabi.as_keras.notes import note

FIXES = ("apply basestring dict except exec filter funcattrs has_key idioms imports itertools itertools_imports long map "
         "methodattrs ne next nonzero numliterals paren print raise raw_input reduce repr standarderror sys_exc throw "
         "tuple_params types unicode urllib xrange zip")  # fmt: skip


def as_python_3(text: str, name: str) -> str | None:
    """The text of a script in Python 3, line by line the same; None where it cannot be read so.

    Args:
        text: the script.
        name: its file, for the note.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        if importlib.util.find_spec("lib2to3") is None:
            return None
        from lib2to3.pgen2.parse import ParseError
        from lib2to3.pgen2.tokenize import TokenError
        from lib2to3.refactor import RefactoringTool

        tool = RefactoringTool([f"lib2to3.fixes.fix_{fix}" for fix in FIXES.split()], {})
        try:
            made = str(tool.refactor_string(text.expandtabs(8).rstrip() + "\n", name))
            compile(made, name, "exec", dont_inherit=True)
        except (ParseError, TokenError, SyntaxError, ValueError):
            return None
    note("Python 2", f"{name} is written in Python 2; it is read as Python 3.")
    return made
