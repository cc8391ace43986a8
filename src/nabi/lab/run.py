"""Run: a run folder, read back: recipe, events, history, result, state. Reading one loads no torch.

    runs/20261121-093012-demo/
        recipe.toml               what is needed to repeat it
        events.jsonl              append-only, one JSON object a line: start, resume, step, epoch, end, result, pruned
        history.csv               one row an epoch
        watch.jsonl               activations and gradients by layer, one JSON object an epoch
        times.json                seconds of a training step by layer
        model.safetensors         the best epoch
        checkpoint.safetensors    exact resume
        report.html               one page
        figures/*.png
"""

import csv
import json
import re
import time
import tomllib
from pathlib import Path
from statistics import median
from typing import Any

from nabi.core.errors import FileError, did_you_mean

RECIPE, EVENTS, HISTORY, MODEL = "recipe.toml", "events.jsonl", "history.csv", "model.safetensors"
CHECKPOINT, REPORT, FIGURES = "checkpoint.safetensors", "report.html", "figures"
WATCHED, TIMES = "watch.jsonl", "times.json"


class Run:
    """A run folder.

    Args:
        folder: the folder.

    Attributes:
        folder: its path; `model`, `checkpoint`, `report`, `figures`: paths inside it.

    Raises:
        FileError: there is no such folder, or it holds no run.
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        self.model = self.folder / MODEL
        self.checkpoint = self.folder / CHECKPOINT
        self.report = self.folder / REPORT
        self.figures = self.folder / FIGURES
        if not (self.folder / RECIPE).is_file():
            found = "nothing there" if not self.folder.exists() else f"no {RECIPE} in it"
            near = [path.name for path in run_folders(self.folder.parent)[-10:]]
            raise FileError(f"run {self.folder}", "a run folder", found, did_you_mean(self.folder.name, near) if near else "")

    def __repr__(self) -> str:
        return f"Run({str(self.folder)!r})"

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name

    @property
    def recipe(self) -> dict[str, Any]:
        """The recipe as a plain table."""
        try:
            return tomllib.loads((self.folder / RECIPE).read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise FileError(f"run {self.folder}, {RECIPE}", "a recipe in TOML", f"this error: {error}") from error

    @property
    def events(self) -> list[dict[str, Any]]:
        """All events in order; a last line that a crash cut short is left out."""
        return read_events(self.folder / EVENTS)

    @property
    def history(self) -> dict[str, list[float | None]]:
        """Columns of history.csv but `epoch`: log name -> one value an epoch, None where it was not logged or not finite."""
        path = self.folder / HISTORY
        if not path.is_file():
            return {}
        with path.open(newline="", encoding="utf-8") as lines:
            rows = list(csv.DictReader(lines))
        names = [name for name in (rows[0] if rows else {}) if name != "epoch"]
        return {name: [float(row[name]) if row[name] else None for row in rows] for name in names}

    def last(self, *kinds: str) -> dict[str, Any] | None:
        """The latest event of these kinds."""
        return next((event for event in reversed(self.events) if event.get("event") in kinds), None)

    @property
    def watched(self) -> list[dict[str, Any]]:
        """The rows of watch.jsonl (see `nabi.lab.Watch`): layer by layer, before training and after each epoch; [] without it."""
        return read_events(self.folder / WATCHED)

    @property
    def kept_epoch(self) -> int | None:
        """The epoch (from 1) whose weights the model file has; None where nothing was held out.

        That of the lowest val_loss among those that may be kept (`Recipe.keep_from`); the last one where these were not reached.
        """
        losses = [(value, epoch) for epoch, value in enumerate(self.history.get("val_loss", []), 1) if value is not None]
        recipe = self.recipe
        first = int(recipe.get("keep_from", 0) * recipe.get("epochs", 0))
        kept = [pair for pair in losses if pair[1] > first] or losses[-1:]
        return min(kept)[1] if kept else None

    def kept(self, name: str) -> float | None:
        """The value of a log at the kept epoch; None if there is none."""
        epoch, values = self.kept_epoch, self.history.get(name)
        return values[epoch - 1] if epoch is not None and values else None

    @property
    def test_reads(self) -> int:
        """How often this run has looked at the test set: once each time that training ended, resumed or not."""
        return test_reads(self.events)

    @property
    def result(self) -> dict[str, Any] | None:
        """What the evaluation on the test set gave (see `Evaluation.summary`), None if there was none."""
        return self.last("result")

    @property
    def epochs(self) -> int:
        """Epochs that are done."""
        return sum(event.get("event") == "epoch" for event in self.events)

    @property
    def images_per_second(self) -> float | None:
        """Median over the epochs of training images a second, validation left out; None where the batch size is unknown."""
        paces = [event["images_per_second"] for event in self.events if event.get("images_per_second")]
        return median(paces) if paces else None

    @property
    def parameters(self) -> int | None:
        """Parameters of the network."""
        return (self.last("start") or {}).get("parameters")

    @property
    def state(self) -> str:
        """ "finished", "interrupted" (Ctrl-C), "failed" (a loss that is no number), "pruned" (a search gave it up), or
        "unfinished": running or killed."""
        last = self.last("start", "resume", "end", "pruned")
        if last is None or last["event"] not in ("end", "pruned"):
            return "unfinished"
        if last["event"] == "pruned":
            return "pruned"
        return "failed" if last.get("failure") else "interrupted" if last.get("interrupted") else "finished"


def read_events(path: Path) -> list[dict[str, Any]]:
    """The events in a file; a last line that a crash cut short is left out."""
    found: list[dict[str, Any]] = []
    for line in path.read_bytes().splitlines() if path.is_file() else []:
        try:
            found.append(dict(json.loads(line)))
        except (ValueError, TypeError):
            break
    return found


def test_reads(events: list[dict[str, Any]]) -> int:
    """Evaluations among these events, and those that a resumed run cut off ("cut").

    Example:
        >>> test_reads([{"event": "cut", "test_reads": 1}, {"event": "end"}, {"event": "result"}])
        2
    """
    kinds = [event.get("event") for event in events]
    cut = max((k for k, kind in enumerate(kinds) if kind == "cut"), default=None)
    before = 0 if cut is None else int(events[cut].get("test_reads", 0))
    return before + kinds[0 if cut is None else cut :].count("result")


def run_folders(root) -> list[Path]:
    """Folders of runs in `root`, oldest first: by the time in their names, or that of the recipe in other names."""
    root = Path(root)
    return sorted((path.parent for path in root.glob(f"*/{RECIPE}")), key=begun) if root.is_dir() else []


def begun(folder: Path) -> tuple[str, list[tuple[int, str]]]:
    """When a run began, as in its name, and the name's parts: numbers by their size, fit-2 before fit-10."""
    parts = [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"([0-9]+)", folder.name) if part]
    if re.match(r"\d{8}-\d{6}", folder.name):
        return folder.name[:15], parts
    return time.strftime("%Y%m%d-%H%M%S", time.localtime((folder / RECIPE).stat().st_mtime)), parts


def list_runs(root="runs") -> list[Run]:
    """All runs in a folder, oldest first."""
    return [Run(path) for path in run_folders(root)]


def made_folder(path) -> Path:
    """The folder, made if need be.

    Raises:
        FileError: it cannot be made.
    """
    try:
        Path(path).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"folder {path}", "a folder that can be written", error.strerror or str(error)) from error
    return Path(path)


def new_folder(root="runs", name: str = "run") -> Path:
    """Makes `<root>/<time>-<name>` and returns it; a second run in the same second gets a number.

    Raises:
        FileError: the folder cannot be made.
    """
    clean = "".join(c if c.isalnum() or c in "-_." else "-" for c in name)[:80].strip("-.") or "run"
    stamp = time.strftime("%Y%m%d-%H%M%S")
    for number in range(1, 1000):
        path = Path(root) / (f"{stamp}-{clean}" + (f"-{number}" if number > 1 else ""))
        try:
            path.mkdir(parents=True)
            return path
        except FileExistsError:
            if not Path(root).is_dir():
                raise FileError(f"run folder {path}", "a folder that can be written", f"'{root}' is a file") from None
        except OSError as error:
            raise FileError(f"run folder {path}", "a folder that can be written", error.strerror,
                            "Choose another with --out, or NAME in fit(run=NAME).") from error
    raise FileError(f"run folder {root}/{stamp}-{clean}", "a free name", "999 taken ones")
