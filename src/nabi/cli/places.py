"""Places: what a word on the command line means: a model file, a run folder, a run's name."""

from pathlib import Path
from typing import Any

from nabi.core.errors import FileError, did_you_mean
from nabi.lab.run import MODEL, RECIPE, Run, run_folders
from nabi.models.saving import load_model


def run_of(word: str, out: str = "runs") -> Run:
    """The run in a folder, or the one of that name in `out`; "last" is the newest, `first` the newest that was named so.

    Raises:
        FileError: no such run.
    """
    if word == "last" and not Path(word).exists():
        folders = run_folders(out)
        if not folders:
            raise FileError(f"run 'last' in {out}", "at least one run", "none")
        return Run(folders[-1])
    for path in (Path(word), Path(out) / word):
        if (path / RECIPE).is_file():
            return Run(path)
    named = [path for path in run_folders(out) if path.name.endswith(f"-{word}")]
    if named:
        return Run(named[-1])
    if Path(word).exists():
        return Run(word)
    raise FileError(f"run {word}", f"a run folder, or the name of a run in {out}", "nothing there",
                    did_you_mean(Path(word).name, [path.name for path in run_folders(out)[-20:]]))


def model_file(word: str, out: str = "runs") -> Path:
    """The model file that is meant: itself, or that of a run.

    Raises:
        FileError: neither is there.
    """
    path = Path(word)
    if path.is_file() or path.suffix == ".safetensors":
        return path
    if path.is_dir() and not (path / RECIPE).is_file() and (path / MODEL).is_file():
        return path / MODEL
    try:
        run = run_of(word, out)
    except FileError:
        from nabi.zoo import list_networks
        from nabi.zoo.card import PRETRAINED, hyphened

        if (name := hyphened(word)) not in list_networks():
            raise
        got = "a network of the zoo, whose weights are not trained"
        remedy = f"Train it: nabi train FOLDER --model {name}{' --weights imagenet' * (name in PRETRAINED)}"
        raise FileError(f"model {word}", "a .safetensors file or a run", got, remedy) from None
    if not run.model.is_file() and run.epochs:
        raise FileError(f"run {run.folder}", f"a {MODEL} in it", "none", "A script's run keeps its numbers, no model. "
                        "Write model.save('model.safetensors') at the script's end, then: nabi evaluate model.safetensors DATA")
    if not run.model.is_file():
        raise FileError(f"run {run.folder}", f"a {MODEL} in it", "none", "It ended before its first epoch did.")
    return run.model


def named_model(word: str) -> Any:
    """A network of the zoo that brings its weights along, else the model of a file or run.

    Raises:
        FileError: no such file or run.
    """
    from nabi.zoo import build
    from nabi.zoo.card import PRETRAINED, hyphened

    if hyphened(word) in PRETRAINED and not Path(word).exists():
        return build(word, weights="imagenet")
    return load_model(model_file(word))
