"""Observing: a script on nabi, on real Keras 3 (torch) or Keras 2, shortened alike; what its models did is written as JSON lines.

    python tests/scripts/observing.py nabi tests/scripts/keras3/mnist_convnet.py seen.jsonl --max-epochs 1 --fast-data 200
    python tests/scripts/observing.py keras jobs seen.jsonl --jobs                         many, imports made once; see `split`

On nabi the script goes through `nabi run` itself. On Keras `import keras` is Keras 3, `tensorflow.keras` is what TensorFlow shows
under that name (`keras._tf_keras`), and of TensorFlow itself there is a seed and two activations; a script that needs more fails.
How Keras 2 ("keras2") is served, `legacy.py` says. All read the same data sets, through nabi's readers.
"""

import argparse
import gc
import importlib
import json
import os
import random
import runpy
import signal
import sys
import time
from functools import wraps
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from inspect import signature
from pathlib import Path
from types import ModuleType, SimpleNamespace

SETS = ("mnist", "fashion_mnist", "cifar10", "cifar100", "imdb", "reuters", "boston_housing", "california_housing")
BEFORE = {  # what a process of many jobs imports before it splits
    "nabi": ("nabi.as_keras.dressing.translating", "nabi.backend", "nabi.cli", "nabi.lab", "nabi.models", "nabi.preprocessing",
             "nabi.training", "h5py"),
    "keras": ("keras", "keras._tf_keras.keras", "torch._dynamo", "nabi.as_keras.scripts.shortening", "nabi.datasets.mnist"),
    "keras2": ("tf_keras", "tensorflow.keras", "legacy", "nabi.as_keras.scripts.shortening", "nabi.datasets.mnist"),
}


class Observer:
    """Wraps the methods of a class of models and writes a line for each call of the script's own."""

    def __init__(self, target: Path):
        self.file = open(target, "w", encoding="utf-8")  # noqa: SIM115  closed with the process
        self.inside = False

    def wrap(self, model: type, shorten=None) -> None:
        """Puts itself around fit, evaluate, predict and train_on_batch; `shorten(name, method)` gives what a script calls."""
        for name in ("fit", "evaluate", "predict", "train_on_batch"):
            method = getattr(model, name)
            setattr(model, name, self.seen(name, method, shorten(name, method) if shorten else method))

    def seen(self, name: str, method, outer):
        @wraps(method)
        def call(*args, **options):
            if self.inside:
                return method(*args, **options)
            self.inside, begin, used = True, time.perf_counter(), time.process_time()
            try:
                given = outer(*args, **options)
            finally:
                self.inside = False
            spent = {"seconds": time.perf_counter() - begin, "cpu": time.process_time() - used}
            line = {"call": name, **spent, **told(name, given)}
            self.file.write(json.dumps(line) + "\n")
            self.file.flush()
            return given

        return call


def shorten(name: str, method):
    """A method of Keras' models as a shortened script calls it: nabi's limits, and an answer of `predict` for every sample."""
    from nabi.as_keras.scripts import lengths, shortening

    if name == "train_on_batch":
        return method
    limited = shortening.shortened_fit if name == "fit" else shortening.shortened

    @wraps(method)
    def call(model, *args, **options):
        given = dict(zip(list(signature(method).parameters)[1:], args, strict=False)) | options
        return method(model, **limited(given, model))

    return lengths.whole(call) if name == "predict" else call


def told(name: str, given) -> dict:
    """What is kept of a result: the last value of each key of a History, shapes of predictions, figures."""
    if name == "fit":
        return {"history": {key: float(values[-1]) for key, values in given.history.items()}}
    if name == "predict":
        return {"shapes": shapes(given)}
    values = list(given.values()) if isinstance(given, dict) else given if isinstance(given, (list, tuple)) else [given]
    return {"values": [float(value) for value in values]}


def shapes(value):
    """The shape of an array, or the shapes in a list or dict."""
    if isinstance(value, (list, tuple)):
        return [shapes(part) for part in value]
    return {key: shapes(part) for key, part in value.items()} if isinstance(value, dict) else list(value.shape)


def split(options: argparse.Namespace, begin) -> int:
    """Runs a file of jobs, each a JSON list [script, options...], in a child of this process and a folder of its own.

    `begin(options, observer)` is what runs one. Writes a line for each, its exit code and seconds, into FILE.done.
    """
    jobs, done = Path(options.script).read_text().splitlines(), open(options.script + ".done", "w")  # noqa: SIM115
    for k, line in enumerate(jobs):
        os.mkdir(str(k))
        start, child = time.perf_counter(), os.fork()
        if not child:
            os.chdir(str(k))
            for descriptor, name in ((1, "stdout"), (2, "stderr")):
                os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT), descriptor)
            script, *rest = json.loads(line)
            one = parser().parse_args([options.engine, script, "seen.jsonl", *rest])
            signal.alarm(300)
            sys.exit(begin(one, Observer(one.to)))
        _, status, used = os.wait4(child, 0)
        spent = {"seconds": time.perf_counter() - start, "cpu": used.ru_utime + used.ru_stime}
        done.write(json.dumps({"code": os.waitstatus_to_exitcode(status), **spent}) + "\n")
        done.flush()  # else the next child would write it too
    done.close()
    return 0


def on_nabi(options: argparse.Namespace, observer: Observer) -> int:
    """The script under `nabi run`, which imports nabi as here."""
    from nabi.core.collector import lasting

    with lasting():
        from nabi.as_keras import install_as_keras
        from nabi.as_keras.scripts import shortening
        from nabi.cli import main
        from nabi.models import Model

    install_as_keras()
    shortening.CHEAP = -1.0  # the first samples alone, whatever they take: as on Keras
    observer.wrap(Model)
    shortened = [part for key in ("max_epochs", "fast_data", "seed") if getattr(options, key) is not None
                 for part in ("--" + key.replace("_", "-"), str(getattr(options, key)))]
    return main(["run", *shortened, options.script])


class ServedByKeras(MetaPathFinder, Loader):
    """Answers `import tensorflow` and `import tensorflow.keras...` with what TensorFlow would show."""

    def find_spec(self, fullname, path=None, target=None):
        answers = fullname == "tensorflow" or fullname.startswith("tensorflow.keras")
        return ModuleSpec(fullname, self, is_package=True) if answers else None

    def create_module(self, spec):
        below = spec.name.removeprefix("tensorflow")
        return importlib.import_module(f"keras._tf_keras{below}") if below else None

    def exec_module(self, module):
        if module.__name__ == "tensorflow":  # the others are modules of Keras'
            import keras

            nn = SimpleNamespace(relu=keras.activations.relu, softmax=keras.activations.softmax)
            draws = SimpleNamespace(set_seed=keras.utils.set_random_seed)
            module.__dict__.update(__version__="2.19.0", newaxis=None, executing_eagerly=lambda: True, nn=nn, random=draws)
            module.keras = importlib.import_module("tensorflow.keras")


def moved(seed, by: int):
    """A function that sets a seed, for a script's own seeds: each of the runs gets another."""
    return wraps(seed)(lambda n=0, *more: seed(n + by if isinstance(n, int) else n, *more))


def on_keras(options: argparse.Namespace, observer: Observer) -> int:
    """The script under Keras 3."""
    os.environ["KERAS_BACKEND"] = "torch"
    import keras
    import torch
    from keras.src.utils.module_utils import tensorflow

    import nabi.datasets

    assert not tensorflow.available, "Keras shall find no TensorFlow"
    sys.meta_path.insert(0, ServedByKeras())
    for name in SETS:
        for datasets in (keras.datasets, importlib.import_module("keras._tf_keras.keras.datasets")):
            getattr(datasets, name).load_data = getattr(nabi.datasets, name).load_data
    if torch.get_num_threads() > len(os.sched_getaffinity(0)):
        torch.set_num_threads(len(os.sched_getaffinity(0)))
    observer.wrap(keras.Model, shorten)
    return run_script(options, keras.utils, ((keras.utils, "set_random_seed"), (random, "seed")))


def on_legacy_keras(options: argparse.Namespace, observer: Observer) -> int:
    """The script under Keras 2."""
    import legacy  # beside this file

    for model in legacy.begin(SETS, Path(options.script).read_text(errors="replace")):
        observer.wrap(model, shorten)
    import tensorflow
    import tf_keras

    return run_script(options, tf_keras.utils, ((tf_keras.utils, "set_random_seed"), (tensorflow.random, "set_seed"),
                                                (random, "seed")))


def run_script(options: argparse.Namespace, utils: ModuleType, seeds: tuple) -> int:
    """A script on one of the two Keras, shortened and with the seed that was asked for.

    Args:
        options: of the command line.
        utils: Keras' module with `set_random_seed`.
        seeds: (owner, name) of functions that set a seed; Keras draws its own seeds from `random`.
    """
    from nabi.as_keras.scripts import shortening

    os.environ["MPLBACKEND"] = "Agg"
    shortening.begin(options.max_epochs, options.fast_data)
    shortening.CHEAP = -1.0
    if options.seed is not None:
        utils.set_random_seed(options.seed)
        for owner, name in seeds:
            setattr(owner, name, moved(getattr(owner, name), options.seed))
    path = Path(options.script)
    sys.argv = [str(path)]
    sys.path[0] = str(path.resolve().parent)
    if path.suffix == ".py":
        runpy.run_path(str(path), run_name="__main__")
    else:
        import builtins

        from nabi.as_keras.scripts import looping, notebook

        vars(builtins).update(looping.called_names())
        notebook.run_cells(path, notebook.cells_of(path, path.read_bytes()), ModuleType("__main__"))
    return 0


def parser() -> argparse.ArgumentParser:
    """The options of a run."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("engine", choices=list(BEFORE))
    arguments.add_argument("script")
    arguments.add_argument("to", type=Path)
    for name in ("--max-epochs", "--fast-data", "--seed"):
        arguments.add_argument(name, type=int)
    arguments.add_argument("--jobs", action="store_true", help="the script is a file of jobs; see `split`")
    return arguments


def main() -> int:
    options = parser().parse_args()
    begin = {"nabi": on_nabi, "keras": on_keras, "keras2": on_legacy_keras}[options.engine]
    if not options.jobs:
        return begin(options, Observer(options.to))
    os.environ["KERAS_BACKEND"], os.environ["MPLBACKEND"], os.environ["TF_USE_LEGACY_KERAS"] = "torch", "Agg", "1"
    for name in BEFORE[options.engine]:
        importlib.import_module(name)
    gc.freeze()
    return split(options, begin)


if __name__ == "__main__":
    sys.exit(main())
