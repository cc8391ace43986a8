"""`nabi data check`: what is wrong with a folder of pictures before it is trained on: a table, a page with the pictures, a list.

    the table      on standard output, or --json
    the page       check.html, or --out FILE
    the list       quarantine.txt in the folder, beside an archive or table, or --quarantine FILE: what training skips
"""

import argparse
import os
import sys

from nabi.cli.main import DONE, say
from nabi.cli.output import emit_json
from nabi.core.errors import DataError
from nabi.core.language import say as told
from nabi.core.table import one_line, table
from nabi.datasets.checking import Check, check_folder
from nabi.datasets.quarantine import reasons
from nabi.lab.report.check_words import reason
from nabi.lab.report.check_words import t as words
from nabi.lab.report.checked import GROUPS, write_check
from nabi.pictures import Arrays

SHOWN = 3  # names of a kind
WORDS: dict[str, tuple[str, str]] = {
    "checked": ("Checked {n:,} pictures in {k} classes.", "클래스 {k}개의 그림 {n:,}장을 살펴보았습니다."),
    "no labels": (
        "Checked {n:,} pictures without labels; to train on them, make a folder of each class, or a table of path and label.",
        "라벨이 없는 그림 {n:,}장을 살펴보았습니다. 학습하려면 클래스마다 폴더를 만들거나 경로와 라벨의 표를 주십시오.",
    ),
    "clean": ("Nothing was found that needs a second look.", "다시 볼 것이 하나도 없습니다."),
    "finding": ("finding", "종류"),
    "count": ("how many", "수"),
    "out": ("left out", "뺄 것"),
    "such as": ("such as", "예"),
    "page": ("page        {file}", "보고서    {file}"),
    "list": (
        "quarantine  {file}: {new:,} added, {all:,} in all; nabi train skips them",
        "제외 목록 {file}: {new:,}개를 더해 모두 {all:,}개입니다. nabi train이 제외합니다",
    ),
    "list given": (
        "quarantine  {file}: {new:,} added, {all:,} in all; from_folder(quarantine=...) and a recipe's pictures take it",
        "제외 목록 {file}: {new:,}개를 더해 모두 {all:,}개입니다. from_folder(quarantine=...)나 레시피의 pictures에 적으십시오",
    ),
    "questions": (
        "{n:,} to decide on stand in it as comments: see the page.",
        "직접 판단할 그림 {n:,}장은 주석으로 적었습니다. 보고서를 보십시오.",
    ),
    "judging": ("Labels: {done} of {folds} parts judged", "라벨: {folds}개 중 {done}개 부분을 판정했습니다"),
}  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Checks, writes page and list, prints the table."""
    check = check_folder(args.source, quarantine=existing(args.quarantine), verbose="auto")
    if args.labels is not None:
        if not check.class_names:
            raise DataError(f"data {one_line(args.source)}", "a folder for each class: cat/1.jpg, dog/2.jpg", "none")
        from nabi.lab.label_check import suspicious_labels

        check, _ = suspicious_labels(check, args.labels, tell=lambda done, folds: judging(done, folds))
    write_check(check, args.out)
    file, new = args.quarantine or check.quarantine, 0
    if not isinstance(check.listing, Arrays):
        new = check.write_quarantine(file)
    if args.json:
        emit_json({**check.as_dict(), "quarantine": str(file), "added": new, "page": args.out})
        return DONE
    show(check, args.out)
    total = len(reasons(file))
    if (total or check.questions) and not isinstance(check.listing, Arrays):
        print(told(WORDS, "list given" if args.quarantine else "list", file=one_line(str(file)), new=new, all=total))
        if check.questions:
            print(told(WORDS, "questions", n=len(check.questions)))
    return DONE


def existing(file: str | None) -> str | None:
    """The list that was named, if it is there already."""
    return file if file and os.path.exists(file) else None


def judging(done: int, folds: int) -> None:
    """How far the judging of labels is, on a terminal."""
    if sys.stderr is not None and sys.stderr.isatty():
        say(told(WORDS, "judging", done=done, folds=folds))


def show(check: Check, page: str) -> None:
    """The table of findings, and where the page lies."""
    print(told(WORDS, "checked" if check.class_names else "no labels", n=len(check.names), k=len(check.class_names)))
    if not check.findings:
        print(told(WORDS, "clean"))
    else:
        rows = []
        for kind, some in check.of_kind.items():
            gone = {name for one in some for name in one.out if name in check.out}
            named = [example(one) for one in some[:SHOWN]]
            rows.append([words(kind), f"{len(some):,}", f"{len(gone):,}" if gone else "", named[0]])
            rows += [["", "", "", name] for name in named[1:]]
            if len(some) > SHOWN:
                rows.append(["", "", "", words("more", n=len(some) - SHOWN)])
        print(table([told(WORDS, key) for key in ("finding", "count", "out", "such as")], rows, right=(1, 2)))
    print(told(WORDS, "page", file=page))


def example(one) -> str:
    """One finding in a cell."""
    if not one.names:
        return one.about
    if one.kind in GROUPS:
        return " = ".join(one.names[:2]) + (f" = ... ({len(one.names)})" if len(one.names) > 2 else "")
    about = reason(one.about)
    return f"{one.names[0]}: {about}" if about else one.names[0]
