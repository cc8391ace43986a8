"""The collection: which scripts there are, which run when, and how one is run in a process of its own."""

import json
import os
import resource
import subprocess
import sys
import sysconfig
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
SOURCE = HERE.parents[1] / "src"
LEGACY = "NABI_KERAS2_PYTHON"  # names an interpreter that has TensorFlow and tf_keras, such as that of benchmarks/peers.py
SHORT = ("--max-epochs", "2", "--fast-data", "200")
QUICK = ("keras1/xor.py", "keras1/merge_branches.py", "keras2/weights_by_layer.py", "keras2/tape_loop_regression.py",
         "keras3/own_layers_ops.py", "notebooks/word_index_lstm.ipynb")  # the default run
LEARN = ("keras1/callbacks_and_plots.py", "keras1/gan_pair.py", "keras1/inception_module.py", "keras1/lstm_sequence_labels.py",
         "keras1/regressor_sklearn.py", "keras1/vae_backend.py", "keras2/attention_sentences.py", "keras2/dqn_pole.py",
         "keras2/grad_cam_backend.py", "keras2/mixed_inputs_houses.py", "keras2/multi_label_clothes.py",
         "keras2/pretrained_word_vectors.py", "keras2/seq2seq_numbers.py", "keras2/siamese_digits.py", "keras2/style_small.py",
         "keras3/mobilenet_finetune.py", "keras3/tagging_words.py", "keras3/transformer_text.py", "keras3/wgan_gp_torch.py",
         "notebooks/regression_curves.ipynb")  # `make learn`


def scripts() -> list[str]:
    """All scripts and notebooks, as paths below this folder."""
    found = [*HERE.glob("keras[123]/*.py"), *HERE.glob("notebooks/*.ipynb")]
    return sorted(str(path.relative_to(HERE)) for path in found)


@dataclass
class Seen:
    """What a run of a script showed: exit code, standard error, what its models did, wall and CPU seconds."""

    code: int
    error: str
    calls: list[dict]
    seconds: float
    cpu: float

    def learning(self, clock: str = "seconds") -> float:
        """Seconds inside fit and train_on_batch, by the wall's clock or the processor's ("cpu")."""
        return sum(call[clock] for call in self.calls if call["call"] in ("fit", "train_on_batch"))

    @property
    def losses(self) -> list[float]:
        """The last training loss of each fit, or of the last batch where a script trains by batches alone."""
        fits = [call["history"] for call in self.calls if call["call"] == "fit"]
        if fits:
            return [value for history in fits for key, value in sorted(history.items()) if key.endswith("loss")]
        return [call["values"][0] for call in self.calls if call["call"] == "train_on_batch"][-1:]

    @property
    def keys(self) -> list[list[str]]:
        """The keys of each History."""
        return [sorted(call["history"]) for call in self.calls if call["call"] == "fit"]

    @property
    def shapes(self) -> list:
        """The shapes of the predictions."""
        return [call["shapes"] for call in self.calls if call["call"] == "predict"]


def run_all(engine: str, jobs: list[tuple], real_data: bool = False) -> list[Seen]:
    """Runs many scripts, each in a process of its own that has the engine's imports behind it and in a fresh folder.

    One process imports "nabi" or "keras" and splits for each job; seconds are those of the parts. Elsewhere than on Unix, `run`.

    Args:
        engine: "nabi", "keras" or "keras2".
        jobs: for each its path below this folder, and options of `observing.py`.
        real_data: reads the sets from NABI_DATA and the cache where they are there.
    """
    if not hasattr(os, "fork"):
        return [run(engine, *job, real_data=real_data) for job in jobs]
    with tempfile.TemporaryDirectory() as folder:
        lines = [json.dumps([str(HERE / script), *options]) for script, *options in jobs]
        Path(folder, "jobs").write_text("\n".join(lines))
        command = [python_of(engine), str(HERE / "observing.py"), engine, "jobs", "seen.jsonl", "--jobs"]
        environment = surroundings() | ({} if real_data else {"NABI_DATA": folder, "XDG_CACHE_HOME": folder})
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60 + 300 * len(jobs))
        assert done.returncode == 0, done.stderr
        found = [json.loads(line) for line in Path(folder, "jobs.done").read_text().splitlines()]
        return [Seen(one["code"], Path(folder, str(k), "stderr").read_text(errors="replace"),
                     [json.loads(line) for line in Path(folder, str(k), "seen.jsonl").read_text().splitlines()],
                     one["seconds"], one["cpu"]) for k, one in enumerate(found)]


def python_of(engine: str) -> str:
    """The interpreter of an engine: this one, for "keras2" the one that the environment names."""
    return os.environ[LEGACY] if engine == "keras2" else sys.executable


def surroundings() -> dict[str, str]:
    """The environment of a run: this tree's nabi, made-up data where a set is not there, no warnings of libraries."""
    return {**os.environ, "PYTHONPATH": str(SOURCE), "NABI_STAND_IN": "1", "PYTHONWARNINGS": "ignore",
            "TF_CPP_MIN_LOG_LEVEL": "3", "NABI_BESIDE": sysconfig.get_path("purelib")}


def run(engine: str, script: str, *options: str, real_data: bool = False) -> Seen:
    """Runs a script on "nabi" or "keras" in a fresh folder; made-up data stand in for sets unless `real_data`.

    Args:
        engine: "nabi", "keras" or "keras2".
        script: its path below this folder.
        options: of `observing.py`, such as SHORT.
        real_data: reads the sets from NABI_DATA and the cache where they are there.
    """
    with tempfile.TemporaryDirectory() as folder:
        environment = surroundings() | ({} if real_data else {"NABI_DATA": folder, "XDG_CACHE_HOME": folder})
        command = [python_of(engine), str(HERE / "observing.py"), engine, str(HERE / script), "seen.jsonl", *options]
        before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600)
        seconds, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
        lines = Path(folder, "seen.jsonl").read_text().splitlines()
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Seen(done.returncode, done.stderr, [json.loads(line) for line in lines], seconds, cpu)
