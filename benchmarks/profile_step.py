"""Where each millisecond of a training step goes: the lectures' networks by `fit`, kernel by kernel.

    python benchmarks/profile_step.py                 the lecture CNN and dense network, batches of 200 and 32
    python benchmarks/profile_step.py --write         the same into benchmarks/profile.md

The step's time is the median of passes that nothing watches, that of the kernels the median of passes between them that Python's
profiler watches: it sees every call of oneDNN, of torch and of a compiled loop. "Calls in between" is what the step takes beside
them: Python, tensors made, threads woken.
"""

import argparse
import cProfile
import pstats
import statistics
import time
from argparse import Namespace
from pathlib import Path

from harness import machine
from lecture_cnn import nabi_fit

PAGE = Path(__file__).parent / "profile.md"
NETWORKS = {("cnn", 200): 6000, ("cnn", 32): 3200, ("dense", 200): 20000, ("dense", 32): 6400}
KINDS = {
    "convolutions, backward": ("convolution_backward",),
    "convolutions, forward": ("conv2d", "_convolution_pointwise", "aten.convolution"),
    "dense layers, forward": ("_nn.linear", "addmm"),
    "dense layers, backward": ("torch.mm", "torch.sum", "matmul"),
    "ReLU, pooling, dropout": ("fused/pool.py", "fused/relu.py", "fused/dropout.py", "fused/norm.py", "relu_"),
    "softmax and loss": ("fused/softmax.py",),
    "optimizer": ("fused/update.py",),
    "batches gathered": ("index_select",),
    "numbers copied, cast, summed": ("'to' of", "copy_", "'sum' of", "contiguous"),
}
HEAD = """# Where a training step goes

Read by `python benchmarks/profile_step.py --write`; {processor}, {cores} cores, PyTorch {torch}, {date}. Milliseconds of one step
of `fit` (precision "auto"), medians; beside each its share of the step.
"""


def kind_of(place: tuple[str, int, str]) -> str | None:
    """The row of a function that the profiler saw; None for Python's own."""
    text = f"{place[0]} {place[2]}"
    return next((kind for kind, marks in KINDS.items() if any(mark in text for mark in marks)), None)


def profile(network: str, batch_size: int, samples: int, passes: int = 7) -> dict[str, float]:
    """Milliseconds a step by kind."""
    work = nabi_fit(Namespace(samples=samples, batch_size=batch_size, network=network, precision="auto"))
    steps = samples / batch_size
    work()
    times, watched = [], []
    for _ in range(passes):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
        profiler = cProfile.Profile()
        profiler.runcall(work)
        found = dict.fromkeys(KINDS, 0.0)
        for place, (_, _, own, _, _) in pstats.Stats(profiler).stats.items():  # type: ignore[attr-defined]
            if kind_of(place):
                found[kind_of(place)] += 1e3 * own / steps
        watched.append(found)
    found = {kind: statistics.median(pass_[kind] for pass_ in watched) for kind in KINDS}
    step = 1e3 * statistics.median(times) / steps
    return {"one step": step, **found, "calls in between": max(step - sum(found.values()), 0.0)}


def table(columns: dict[tuple[str, int], dict[str, float]]) -> str:
    """A Markdown table, one column a network and batch size."""
    heads = [f"{network} {batch_size}" for network, batch_size in columns]
    lines = ["| ms | " + " | ".join(heads) + " |", "| --- |" + " ---: |" * len(heads)]
    for row in ["one step", *KINDS, "calls in between"]:
        cells = [f"{column[row]:.2f} ({100 * column[row] / column['one step']:.0f} %)" for column in columns.values()]
        lines.append(f"| {row} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    text, info = table({chosen: profile(*chosen, samples) for chosen, samples in NETWORKS.items()}), machine()
    print(text)
    if options.write:
        head = HEAD.format(processor=info.get("processor", "a processor"), cores=info["cores"], torch=info["versions"]["torch"],
                           date=time.strftime("%Y-%m-%d"))
        rest = PAGE.read_text().split("\n## ", 1)[1:] if PAGE.exists() else []
        PAGE.write_text(head + "\n" + text + "\n" + "".join("\n## " + part for part in rest))


if __name__ == "__main__":
    main()
