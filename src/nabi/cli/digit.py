"""`nabi digit`: handwritten digits in photographs, scans and drawings; read, marked, and shown as the network saw them.

    --json    a list, one entry a file: {"file", "text", "digits"}, or {"file", "error"}
              text      the digits in reading order, "\n" between rows: "314\n15"
              digits    [{"digit": 3, "probability": 0.998, "second": 8, "probabilities": [ten numbers], "box": [left, top, width,
                        height], "row": 0}, ...]; pixels of the picture as it is shown
              picture, sheet    with --out: the marked picture and the sheet of cards
"""

import argparse
from pathlib import Path
from typing import Any

from nabi.cli.korean import told
from nabi.cli.main import DONE, FAILED, say
from nabi.cli.output import emit_json, percent
from nabi.cli.words import t
from nabi.core.errors import FileError, NabiError
from nabi.core.files import atomic, make_folder
from nabi.core.table import one_line, table
from nabi.handwriting import Digit, DigitReader, drawn, read_picture
from nabi.handwriting.drawing import DOUBT
from nabi.viz import digit_cards, png

MOST = 240  # cards on a sheet
LISTED = 20  # digits that are listed one by one; of more, those in doubt


def run(args: argparse.Namespace) -> int:
    """Reads each picture; one without a digit, or that cannot be read, is told on standard error and makes the exit code 1."""
    reader = DigitReader(args.model)
    rows, failed = [], False
    for file in args.files:
        try:
            row = read(reader, file, args.out)
        except NabiError as error:
            row = {"file": file, "error": str(error)}
            say(f"nabi: {t('error')}: {told(error)}")
            failed = True
        rows.append(row)
    if args.json:
        emit_json(rows)
    else:
        show([row for row in rows if "digits" in row])
    return FAILED if failed else DONE


def read(reader: DigitReader, file: str, out: str | None) -> dict[str, Any]:
    """What is found in one picture; with a folder `out`, the marked picture and the cards are written there.

    Raises:
        FileError: not a picture, or no digit in it.
    """
    pixels = read_picture(file)
    digits = reader.read(pixels)
    if not digits:
        raise FileError(f"picture {one_line(file)}", "handwritten digits", "none found",
                        "Write large and dark on light paper, or light on a dark board, and fill the picture with it.")
    row: dict[str, Any] = {"file": file, "text": text(digits), "digits": [digit.as_dict() for digit in digits]}
    if out is not None:
        picture, sheet = names(file, out)
        make_folder(picture, f"writing {picture}")
        with atomic(picture) as target:
            drawn(pixels, digits).save(target, "PNG")
        figure = digit_cards([digit.picture for digit in digits[:MOST]], [digit.probabilities for digit in digits[:MOST]])
        with atomic(sheet) as target:
            target.write(png(figure))
        row |= {"picture": str(picture), "sheet": str(sheet)}
    return row


def text(digits: list[Digit]) -> str:
    """The digits as they stand on the sheet, a line a row.

    Example:
        >>> blank = (0.1,) * 10, 0, (0, 0, 9, 9)
        >>> text([Digit(3, 0.9, *blank, 0, None), Digit(1, 0.9, *blank, 0, None), Digit(4, 0.9, *blank, 1, None)])
        '31\\n4'
    """
    lines = [""] * (1 + max((digit.row for digit in digits), default=-1))
    for digit in digits:
        lines[digit.row] += str(digit.digit)
    return "\n".join(lines)


def names(file: str, out: str) -> tuple[Path, Path]:
    """Names for the marked picture and the sheet, which no other file of the folder has."""
    stem, number = Path(file).stem, 1
    while True:
        end = "" if number == 1 else f"-{number}"
        both = Path(out, f"{stem}-digits{end}.png"), Path(out, f"{stem}-cards{end}.png")
        if not any(path.exists() for path in both):
            return both
        number += 1


def show(rows: list[dict[str, Any]]) -> None:
    """Prints what stands on each sheet, and a table of the digits, of many those in doubt."""
    for row in rows:
        print(f"{one_line(row['file'])}:")
        print("\n".join(f"    {line}" for line in row["text"].split("\n")))
    count = sum(len(row["digits"]) for row in rows)
    cells = []
    for row in rows:
        for digit in row["digits"]:
            if count > LISTED and digit["probability"] >= DOUBT:
                continue
            second = digit["probabilities"][digit["second"]]
            cells.append([one_line(row["file"]), str(digit["digit"]), percent(digit["probability"], 1),
                          f"{digit['second']} ({percent(second, 1)})", "{}, {}: {}x{}".format(*digit["box"])])
    if count > LISTED:
        print("\n" + t("in doubt", doubt=len(cells), n=count, share=f"{100 * DOUBT:.0f} %"), end="" if cells else "\n")
    if cells:
        print("\n" + table([t("file"), t("digit name"), t("probability"), t("second guess"), t("place")], cells, right=(1, 2)))
    for row in rows:
        if "picture" in row:
            print(t("picture line", path=row["picture"]))
            print(t("cards line", path=row["sheet"]))
