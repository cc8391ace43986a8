"""Shell lines: the few lines after `!` that Python does as well as a shell; all others are left out.

    !mkdir -p models/first            folders
    !unzip -q pictures.zip -d data    an archive that is here, unpacked
    !tar -xzf pictures.tgz -C data
    !cp a.csv data, !mv data/*.csv .  files and folders
    !ls data, !pwd, !cat a.txt        written, or given: files = !ls data

No shell and no program ever runs, nothing is downloaded, and nothing is removed.
"""

import glob
import io
import os
import re
import shlex
import shutil
import tarfile
import zipfile
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

ENDS = re.compile(r"&&|;")  # between two commands
NAMES = re.compile(r"\{([A-Za-z_]\w*)\}|\$\{?([A-Za-z_]\w*)\}?")


def run(line: str, names: dict[str, Any]) -> bool:
    """Does what a shell line asks for; whether all of it was done.

    Args:
        line: what follows the `!`.
        names: the notebook's, for {name} and $name.

    Example:
        >>> run("pip install keras", {})
        False
    """
    try:
        words = [] if set("|<>()`&") & set(line.replace("&&", "")) else shlex.split(ENDS.sub(r" \g<0> ", line), comments=True)
    except ValueError:  # a quotation that does not end
        return False
    commands: list[list[str]] = [[]]
    for word in words:
        if ENDS.fullmatch(word):
            commands.append([])
        else:
            commands[-1].append(spelled(word, names))
    commands = [command for command in commands if command]
    return bool(commands) and all(done(*command) for command in commands)


class Lines(list):
    """Lines that a command wrote, as IPython gives them: a list; `n` and `s` are one text, with line ends or spaces between."""

    @property
    def n(self) -> str:
        return "\n".join(self)

    @property
    def s(self) -> str:
        return " ".join(self)

    @property
    def l(self) -> list[str]:  # noqa: E743
        return list(self)

    def grep(self, pattern: Any, prune: bool = False) -> "Lines":
        """The lines in which a pattern is found, or that a function takes; with `prune` the others."""
        takes = pattern if callable(pattern) else re.compile(pattern, re.IGNORECASE).search
        return Lines(line for line in self if bool(takes(line)) is not prune)


def written(line: str, names: dict[str, Any]) -> list[str] | None:
    """The lines that a command writes; None where it is not known here.

    Example:
        >>> written("pwd", {}) == [os.getcwd()], written("nvidia-smi", {})
        (True, None)
    """
    out = io.StringIO()
    with redirect_stdout(out):
        return out.getvalue().splitlines() if run(line, names) else None


def spelled(word: str, names: dict[str, Any]) -> str:
    """A word with {name} and $name as their values, and ~ as the home.

    Example:
        >>> spelled("{folder}/a", {"folder": "data"})
        'data/a'
    """

    def value(found: re.Match) -> str:
        name = found[1] or found[2]
        return str(names.get(name, os.environ.get(name, found[0])))

    return os.path.expanduser(NAMES.sub(value, word))


def done(command: str, *words: str) -> bool:
    """One command; whether it is known here and found what it needs."""
    known = KNOWN.get(command)
    try:
        return known is not None and known(*words)
    except (OSError, ValueError, zipfile.BadZipFile, tarfile.TarError):  # as a shell: the line fails, the notebook goes on
        return False


def parted(words: tuple[str, ...], valued: str = "") -> tuple[list[str], dict[str, str]]:
    """Words that name files, with their patterns filled in, and options with what follows those of `valued`.

    Example:
        >>> parted(("-q", "a.zip", "-d", "data"), "d")
        (['a.zip'], {'-q': '', '-d': 'data'})
    """
    files: list[str] = []
    options: dict[str, str] = {}
    rest = iter(words)
    for word in rest:
        if word.startswith("-") and len(word) > 1:
            options[word] = next(rest, "") if word[-1] in valued and not word.startswith("--") else ""
        else:
            files += sorted(glob.glob(word)) or [word]
    return files, options


def mkdir(*words: str) -> bool:
    """Folders, those above them too."""
    for folder in parted(words)[0]:
        os.makedirs(folder, exist_ok=True)
    return True


def unzip(*words: str) -> bool:
    """The first archive, into the folder after -d."""
    files, options = parted(words, "d")
    archive = files[0] if os.path.exists(files[0]) else f"{files[0]}.zip"
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(options.get("-d", "."))
    return True


def tar(*words: str) -> bool:
    """Unpacks: x among the options; the archive follows f, the folder -C."""
    if words and not words[0].startswith("-"):
        words = (f"-{words[0]}", *words[1:])
    _, options = parted(words, "fC")
    flags = "".join(name for name in options if not name.startswith("--"))
    archive = next((value for name, value in options.items() if name.endswith("f")), "")
    if "x" not in flags or not archive:
        return False
    with tarfile.open(archive) as packed:
        packed.extractall(options.get("-C", "."), filter="data")
    return True


def cp(*words: str) -> bool:
    """Files, and with -r folders, to the last word."""
    (*files, target), options = parted(words)
    folders = any(set("rRa") & set(name) for name in options)
    for file in files:
        place = os.path.join(target, os.path.basename(file.rstrip("/"))) if os.path.isdir(target) else target
        if os.path.isdir(file) and folders:
            shutil.copytree(file, place, dirs_exist_ok=True)
        else:
            shutil.copy(file, place)
    return bool(files)


def mv(*words: str) -> bool:
    """Files and folders to the last word."""
    *files, target = parted(words)[0]
    for file in files:
        shutil.move(file, target)
    return bool(files)


def ls(*words: str) -> bool:
    """Files as they are, and what lies in folders, each on a line; with -d folders, too, as they are."""
    places, options = parted(words)
    folders = [place for place in places or ["."] if os.path.isdir(place) and "-d" not in options]
    files = [place for place in places if place not in folders]
    if any(not os.path.exists(file) for file in files) or any("l" in name for name in options):
        return False
    print(*files, sep="\n", end="\n" if files else "")
    for folder in folders:
        if len(places) > 1:
            print(f"{folder}:")
        for name in sorted(os.listdir(folder)):
            if not name.startswith(".") or any("a" in option for option in options):
                print(name)
    return True


def pwd(*words: str) -> bool:
    """The current folder."""
    print(os.getcwd())
    return True


def cat(*words: str) -> bool:
    """Texts of files."""
    files = parted(words)[0]
    texts = [Path(file).read_text(encoding="utf-8") for file in files]
    print(*texts, sep="", end="")
    return bool(files)


KNOWN: dict[str, Callable[..., bool]] = {"mkdir": mkdir, "unzip": unzip, "tar": tar, "cp": cp, "mv": mv, "ls": ls, "pwd": pwd,
                                         "cat": cat}
