"""Quarantine: a plain text list of pictures that are left out: `nabi data check` writes it, `from_folder` and `nabi train` skip
what it names.

    # what the file is
    cat/17.jpg<tab>damaged: truncated
    cat/3.jpg                               written by hand: the name alone will do
    #? cat/8.jpg<tab>suspect: dog           a question: without its "#? " the picture is left out
    "cat/a\\nb.jpg"                         a name that no line could hold, as JSON writes it

    flowers/               flowers/quarantine.txt
    photos.tar, table.csv  photos.tar.quarantine.txt beside it
    shard-{0..9}.tar       quarantine.txt in the shards' folder
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path

from nabi.core.errors import FileError
from nabi.core.files import atomic
from nabi.core.language import say
from nabi.core.reasons import reason as put
from nabi.core.table import one_line
from nabi.pictures.names import composed
from nabi.pictures.shards import is_pattern

NAME = "quarantine.txt"
ASKED = "#? "
WORDS: dict[str, tuple[str, str]] = {
    "head": (
        """# Pictures that training leaves out: one a line, the name inside the data, a tab, the reason.
# Written by nabi data check, which only ever adds lines; delete a line to use its picture again.
# A line that begins with "#? " is a question: delete these three characters to leave its picture out.
""",
        """# 학습에서 제외할 그림: 한 줄에 하나씩 데이터 안의 이름, 탭, 까닭을 적습니다.
# nabi data check가 썼으며 줄을 더하기만 합니다. 줄을 지우면 그 그림을 다시 씁니다.
# "#? "로 시작하는 줄은 질문입니다. 이 세 글자를 지우면 그 그림을 제외합니다.
""",
    ),
}


def place(source: str | os.PathLike) -> Path:
    """Where a source's list lies.

    Example:
        >>> place("shards/a-{00..12}.tar").as_posix(), place("photos.tar").as_posix()
        ('shards/quarantine.txt', 'photos.tar.quarantine.txt')
    """
    path = Path(source)
    if path.is_dir():
        return path / NAME
    return path.parent / NAME if not path.exists() and is_pattern(os.fspath(source)) else path.with_name(f"{path.name}.{NAME}")


def quarantined(source: str | os.PathLike, file: str | os.PathLike | None = None) -> frozenset[str]:
    """Names that are to be left out: the first column of the lines of a list, but for those that begin with #.

    Args:
        source: the pictures.
        file: the list; None: the one at its usual place, if it is there.

    Raises:
        FileError: it cannot be read, or was named and is not there.
    """
    path = place(source) if file is None else Path(file)
    if file is not None and not path.is_file():
        lines_of(path)  # says what is wrong
    return frozenset(reasons(path))


def reasons(path: str | os.PathLike) -> dict[str, str]:
    """Names in a list with their reasons; none where there is no list.

    Raises:
        FileError: it cannot be read.
    """
    lines = lines_of(Path(path)) if Path(path).is_file() else []
    return {named(line): line.partition("\t")[2].strip() for line in lines if line.strip() and not line.startswith("#")}


def lines_of(path: Path) -> list[str]:
    """The lines of a list.

    Raises:
        FileError: it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"quarantine {one_line(str(path))}", "a text file of names", f"this error: {error}") from error


def named(line: str) -> str:
    """The name in a line.

    Example:
        >>> named("./#1/a b.png\\ttruncated"), named("cat/2.png"), named('"a\\\\nb"')
        ('#1/a b.png', 'cat/2.png', 'a\\nb')
    """
    first = line.split("\t")[0].strip()
    if len(first) > 1 and first[0] == first[-1] == '"':
        try:
            return str(json.loads(first))
        except ValueError:  # a name with quotes, written by hand
            pass
    return composed(first.removeprefix("./"))


def write(path: str | os.PathLike, names: Iterable[tuple[str, str]], questions: Iterable[tuple[str, str]] = ()) -> int:
    """Adds (name, reason) to a list, which is made if need be; gives how many names are new in it, questions not counted.

    Nothing is written where there is nothing to add; lines that are there stay as they are. Heading and reasons are in the
    user's language; neither is read again.

    Raises:
        FileError: it cannot be read or written.
    """
    path = Path(path)
    old = [line for line in lines_of(path) if line.strip()] if path.is_file() else say(WORDS, "head").splitlines()
    known = {named(line) for line in old if not line.startswith("#")}
    asked = {named(line.removeprefix(ASKED)) for line in old if line.startswith(ASKED)}
    new = [line(name, reason) for name, reason in dict(names).items() if name not in known]
    open_ = [ASKED + line(name, reason) for name, reason in dict(questions).items()
             if name not in known | asked]
    if new or open_:
        with atomic(path) as file:
            file.write("".join(f"{one}\n" for one in [*old, *new, *open_]).encode())
    return len(new)


def line(name: str, reason: str) -> str:
    """A line of the list; a name that begins like a comment gets ./ in front, one that would be read otherwise is quoted."""
    plain = f"{'./' if name.startswith('#') else ''}{name}"
    is_plain = named(plain) == name and not {"\n", "\r"} & set(name)
    return f"{plain if is_plain else json.dumps(name)}\t{one_line(put(reason))}"
