"""`nabi smile`: faces in pictures, a film or before the camera, and which of them smile."""

import argparse
from pathlib import Path
from typing import Any

from nabi.cli.filming import film
from nabi.cli.korean import told
from nabi.cli.main import DONE, FAILED, say
from nabi.cli.output import emit_json, free
from nabi.cli.words import t
from nabi.core.errors import ArgumentError, FileError, NabiError
from nabi.core.files import atomic, make_folder
from nabi.core.table import one_line, table
from nabi.faces import Face, SmileDetector, drawn
from nabi.pictures.finding import MOST, SMALLEST, WHERE, WINDOW
from nabi.pictures.shown import read


def run(args: argparse.Namespace) -> int:
    """Reads each picture; one without a face, or that cannot be read, is told on standard error and makes the exit code 1."""
    sources = [name for name, given in (("IMAGE", args.files), ("--camera", args.camera is not None), ("--video", args.video))
               if given]
    if len(sources) != 1:
        raise ArgumentError("nabi smile", "pictures, --camera or --video FILE", " and ".join(sources) or "none")
    if args.crops and not args.files:
        raise ArgumentError("nabi smile --crops", "pictures of faces", sources[0])
    if not args.files:
        return film(args)
    detector = SmileDetector(args.model, threshold=args.threshold)
    rows, failed = [], False
    for file in args.files:
        try:
            row = cropped(detector, file) if args.crops else whole(detector, file, args.out)
        except NabiError as error:
            if isinstance(error, FileError) and error.parts[0] == WHERE:
                raise  # no OpenCV: the next picture has no other fate
            row = {"file": file, "error": str(error)}
            say(f"nabi: {t('error')}: {told(error)}")
        failed = failed or "error" in row
        rows.append(row)
    show(rows, args.json, detector.threshold)
    return FAILED if failed else DONE


def whole(detector: SmileDetector, file: str, out: str | None) -> dict[str, Any]:
    """What is found in one picture; it is drawn into the folder `out` where one is given.

    Raises:
        FileError: not a picture, or no face in it.
    """
    pixels = read(file)
    faces = detector.detect(pixels)
    if not faces:
        raise FileError(f"picture {one_line(file)}", "a face", "none found",
                        f"Faces are found from the front, upright or leaning, from {least(pixels.shape)} pixels of width on in "
                        "this picture: enlarge one with smaller ones; --crops takes pictures that are faces already.")
    row: dict[str, Any] = {"file": file, "threshold": round(detector.threshold, 4), "faces": [face.as_dict() for face in faces]}
    if out is not None:
        row["picture"] = written(pixels, faces, file, out)
    return row


def least(shape: tuple[int, ...]) -> int:
    """Pixels of the narrowest face that is found in a picture of this shape.

    Example:
        >>> least((700, 1200, 3)), least((60, 80, 3))
        (30, 24)
    """
    side = max(shape[:2])
    return round(max(WINDOW * max(side / MOST, 1), SMALLEST * side))


def cropped(detector: SmileDetector, file: str) -> dict[str, Any]:
    """The score of a picture that is a face already."""
    score = float(detector.score([file])[0])
    return {"file": file, "threshold": round(detector.threshold, 4),
            "faces": [{"box": None, "angle": 0, "score": round(score, 4), "smile": score >= detector.threshold}]}


def written(pixels, faces: list[Face], file: str, out: str) -> str:
    """Writes the marked picture; its name, which no other picture of the folder has."""
    path = free(out, f"{Path(file).stem}-smile", ".png")
    make_folder(path, f"writing {path}")
    with atomic(path) as target:
        drawn(pixels, faces).save(target, "PNG")
    return str(path)


def show(rows: list[dict[str, Any]], as_json: bool, threshold: float) -> None:
    """Prints the faces as a table, headed by the score from which a face smiles, or as JSON."""
    if as_json:
        emit_json(rows)
        return
    cells = []
    for row in rows:
        for face in row.get("faces", ()):
            place = "-" if face["box"] is None else "{}, {}: {}x{}".format(*face["box"])
            cells.append([row["file"], place, f"{100 * face['score']:.1f} %", t("smiles" if face["smile"] else "smiles not")])
    if cells:
        print(table([t("file"), t("face"), t("score"), t("from", score=f"{100 * threshold:.1f} %")], cells, right=(2,)))
    for row in rows:
        if "picture" in row:
            print(t("picture line", path=row["picture"]))
