"""Harness: engines compared fairly: each in a process of its own, rounds interleaved, medians and both numbers printed.

A benchmark script defines one function per engine: it sets up and returns `work()`, which does one round and returns the
number of images it took. `compare` starts one child per engine (the same script with `--engine NAME`), lets them run in turn,
A B A B ..., and writes medians, ratios, machine and its health to `benchmarks/results/<name>.json`. Engines of other libraries
run in the environment that `benchmarks/peers.py` sets up. `--isa avx2` holds every engine to AVX2, a student's laptop.
"""

import argparse
import contextlib
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

import peers

RESULTS = Path(__file__).parent / "results"
AVX2 = {"ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2", "MKL_ENABLE_INSTRUCTIONS": "AVX2",
        "NUMBA_CPU_NAME": "haswell", "TF_ENABLE_ONEDNN_OPTS": "1"}


def cpu_times() -> dict[str, int]:
    """Jiffies since boot by kind, from /proc/stat; empty where there is none."""
    try:
        fields = Path("/proc/stat").read_text().splitlines()[0].split()[1:9]
    except OSError:
        return {}
    return dict(zip(("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"), map(int, fields), strict=True))


def machine() -> dict:
    """What the figures were read on."""
    info = {"system": platform.platform(), "python": platform.python_version(), "cores": len(os.sched_getaffinity(0))}
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        info["processor"] = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
        flags = next(line for line in lines if line.startswith("flags")).split()
        info["isa"] = [f for f in ("avx2", "avx512f", "avx512_bf16", "amx_bf16") if f in flags]
    except (OSError, StopIteration):
        pass
    from importlib.metadata import version

    info["versions"] = {name: version(name) for name in ("torch", "numba", "numpy")} | peers.versions()
    return info


@contextlib.contextmanager
def unseen():
    """Within the block progress is written, to nowhere."""
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
        yield


def serve(work) -> None:
    """Child side: one round per line on stdin, one JSON line per round on stdout."""
    print(json.dumps({"ready": True}), flush=True)
    for _ in sys.stdin:
        begin = time.perf_counter()
        images = work()
        seconds = time.perf_counter() - begin
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"seconds": seconds, "images": images, "peak_mb": peak}), flush=True)


class Engine:
    """Parent side of one child."""

    def __init__(self, script: str, name: str, arguments: list[str]):
        self.name, self.seconds, self.images, self.peak = name, [], 0, 0.0
        source = str(Path(__file__).parent.parent / "src")  # the data sets, for peers
        self.process = subprocess.Popen([peers.interpreter(name), script, "--engine", name, *arguments], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": source})
        self.answer()

    def answer(self) -> dict:
        line = self.process.stdout.readline()
        while line and not line.startswith("{"):
            line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"engine {self.name} died")
        return json.loads(line)

    def round(self, counted: bool) -> None:
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        answer = self.answer()
        if counted:
            self.seconds.append(answer["seconds"])
            self.images, self.peak = answer["images"], answer["peak_mb"]

    @property
    def rate(self) -> float:
        """Images a second, by the median round."""
        return self.images / statistics.median(self.seconds)


def compare(name: str, script: str, engines: list[str], arguments: list[str], rounds: int, ours: str = "nabi") -> dict:
    """Runs the engines in turn and prints medians and ratios; gives and writes the result."""
    for engine in [engine for engine in engines if peers.interpreter(engine) is None]:
        print(f"{engine:28s} left out: python benchmarks/peers.py sets its environment up")
        engines = [e for e in engines if e != engine]
    running = [Engine(script, engine, arguments) for engine in engines]
    for engine in running:
        engine.round(counted=False)
    before = cpu_times()
    for _ in range(rounds):
        for engine in running:
            engine.round(counted=True)
    after = cpu_times()
    spent = {k: after[k] - before[k] for k in before}
    mine = next(e for e in running if e.name == ours)
    rows = {}
    for engine in running:
        engine.process.stdin.close()
        engine.process.wait()
        ratio = statistics.median(b / a for a, b in zip(mine.seconds, engine.seconds, strict=True))
        rows[engine.name] = {"images_per_second": engine.rate, "images": engine.images, "seconds": engine.seconds,
                             "times_ours": ratio, "peak_mb": round(engine.peak)}
        low, high = engine.images / max(engine.seconds), engine.images / min(engine.seconds)
        rates = f"{engine.rate:9.1f} images/s [{low:.0f}-{high:.0f}]"
        print(f"{engine.name:28s} {rates}   nabi is {ratio:.2f}x   peak {engine.peak:.0f} MB")
    total = max(sum(spent.values()), 1)
    health = {k: round(spent.get(k, 0) / total, 4) for k in ("steal", "iowait", "idle")}
    print(f"health: steal {health['steal']:.1%}, idle {health['idle']:.1%} (all cores, whole run)")
    options = dict(zip((a.removeprefix("--") for a in arguments[::2]), arguments[1::2], strict=True))
    result = {"name": name, "command": " ".join(["python", *sys.argv]), "options": options, "rounds": rounds, "engines": rows,
              "machine": machine(), "health": health, "date": time.strftime("%Y-%m-%d")}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n")
    return result


def main(name: str, script: str, engines: dict, add_arguments=None) -> dict | None:
    """The command line of a benchmark script; gives the result, None in a child."""
    parser = argparse.ArgumentParser(description=f"benchmark {name}")
    parser.add_argument("--engine", choices=list(engines), help=argparse.SUPPRESS)
    parser.add_argument("--only", nargs="*", choices=list(engines), help="compare these engines")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--isa", choices=["native", "avx2"], default="native")
    if add_arguments:
        add_arguments(parser)
    options = parser.parse_args()
    if options.engine:
        serve(engines[options.engine](options))
        return None
    if options.isa == "avx2":
        os.environ.update(AVX2)
    passed = [a for key, value in vars(options).items() if key not in ("engine", "only", "rounds")
              for a in (f"--{key.replace('_', '-')}", str(value))]
    suffix = "".join(f"-{key}{value}" for key, value in vars(options).items()
                     if key not in ("engine", "only", "rounds") and value != "native")
    return compare(name + suffix, script, options.only or list(engines), passed, options.rounds)
