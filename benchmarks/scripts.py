"""Scripts: the collection of tests/scripts under `nabi run` against the same scripts under Keras 3 on torch.

    python benchmarks/scripts.py [--epochs 3] [--samples 2000] [--rounds 3] [--only WORD ...] [--seconds 240] [--cpu]

Each script that both can run unedited, whole and in a process of its own, the engines in turn, both shortened alike. Two times:
that of the whole process, and that inside `fit` and `train_on_batch`; medians of the rounds, and their ratios. Scripts that were
measured already, with the same setting, are left alone without `--afresh`; `--seconds` ends after the script at hand: the table
grows piece by piece. `--cpu` counts seconds of the processor, for machines that others use too. `--can` finds out which scripts
Keras can run, of those that tests/scripts/keras_runs.json does not know yet. `--write` writes the table into
benchmarks/scripts.md. Data sets that are not there are made up, for both alike.
"""

import argparse
import compileall
import json
import os
import statistics
import sys
import time
from pathlib import Path
from py_compile import PycInvalidationMode

from harness import RESULTS, machine

sys.path[0] = str(Path(__file__).parent.parent / "tests")  # in the place of this folder, where this file is called scripts, too

from scripts import collection, comparing  # noqa: E402  lie beside the tests

FOUND, TABLE = RESULTS / "scripts.json", Path(__file__).parent / "scripts.md"
TOLD = """# Scripts: nabi against Keras 3 on torch

`python benchmarks/scripts.py`: scripts of `tests/scripts` that real Keras 3 (torch backend) can run unedited, in a process of its
own, the two engines in turn, medians of {rounds} round(s); at most {epochs} epochs a fit, {samples} samples. Seconds by the
{clock} clock. "whole" is the process from start to end, "fit" what passes inside `fit` and `train_on_batch`, with first imports.
{cores} cores, {processor}. Written by the script, {date}.

{figures}

Kernels had been compiled on this machine before: a script that needs one for the first time waits a second or more, once a
machine; rows that met such a kernel were measured again. Both libraries had their bytecode, as pip makes it at installation.

"""


def measure(script: str, options: argparse.Namespace) -> dict | None:
    """Seconds of both engines, whole and inside fit; None where one of them fails."""
    short = ("--max-epochs", str(options.epochs), "--fast-data", str(options.samples), "--seed", "0")
    rounds = [{engine: collection.run(engine, script, *short, real_data=True) for engine in ("nabi", "keras")}
              for _ in range(options.rounds)]
    for engine in ("nabi", "keras"):
        if rounds[0][engine].code:
            print(f"{script}: fails on {engine}: {rounds[0][engine].error.strip().splitlines()[-1:]}")
            return None
    clock = "cpu" if options.cpu else "seconds"
    return {engine: {"whole": statistics.median(getattr(one[engine], clock) for one in rounds),
                     "fit": statistics.median(one[engine].learning(clock) for one in rounds)} for engine in ("nabi", "keras")}


def ratios(found: dict, word: str) -> dict[str, float]:
    """Keras' time over nabi's, of the scripts where there is one."""
    return {script: row["keras"][word] / row["nabi"][word] for script, row in found.items() if row["nabi"][word] > 0}


def figures(found: dict) -> str:
    """The medians, and the script with the least ratio."""
    lines = []
    for word, told in (("whole", "whole process"), ("fit", "inside fit")):
        each = ratios(found, word)
        least = min(each, key=each.get)
        slower = sum(ratio < 1 for ratio in each.values())
        lines.append(f"{told}: nabi is {statistics.median(each.values()):.2f}x as fast in the median of {len(each)} scripts, "
                     f"{each[least]:.2f}x in the least ({least}); slower in {slower}.")
    return "\n".join(lines)


def table(found: dict) -> str:
    """The rows in Markdown."""
    rows = ["| script | whole: nabi s | Keras s | ratio | fit: nabi s | Keras s | ratio |", "| --- |" + " --- |" * 6]
    for script, row in sorted(found.items()):
        cells = [script]
        for word in ("whole", "fit"):
            ours, theirs = row["nabi"][word], row["keras"][word]
            cells += [f"{ours:.2f}", f"{theirs:.2f}", f"{theirs / ours:.2f}" if ours else "-"]
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows) + "\n"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, value in (("--epochs", 3), ("--samples", 2000), ("--rounds", 3)):
        arguments.add_argument(name, type=int, default=value)
    arguments.add_argument("--seconds", type=float, default=240)
    arguments.add_argument("--only", nargs="*", default=[""], metavar="WORD")
    for name in ("--cpu", "--afresh", "--can", "--write"):
        arguments.add_argument(name, action="store_true")
    options = arguments.parse_args()
    asked = [script for script in collection.scripts() if any(word in script for word in options.only)]
    if options.can:
        told = {} if options.afresh else comparing.runs_on_keras()
        for some in comparing.groups([script for script in asked if script not in told], options.seconds):
            comparing.find_out(some)
        return
    setting = {"epochs": options.epochs, "samples": options.samples, "rounds": options.rounds}
    setting["clock"] = "processor" if options.cpu else "wall"
    kept = json.loads(FOUND.read_text()) if FOUND.exists() and not options.afresh else {}
    found = kept.get("scripts", {}) if kept.get("setting") == setting else {}
    compileall.compile_dir(collection.SOURCE, quiet=1, invalidation_mode=PycInvalidationMode.CHECKED_HASH)  # as pip does
    end = time.monotonic() + options.seconds
    told = comparing.runs_on_keras()
    known = [script for script in asked if told.get(script) == ""]
    for script in known:
        if script in found or time.monotonic() > end:
            continue
        row = measure(script, options)
        if row is None:
            continue
        found[script] = row
        print(f"{script:42s} whole {row['nabi']['whole']:6.2f} {row['keras']['whole']:6.2f}   fit {row['nabi']['fit']:6.2f} "
              f"{row['keras']['fit']:6.2f}   load {os.getloadavg()[0]:.1f}", flush=True)
        RESULTS.mkdir(exist_ok=True)
        FOUND.write_text(json.dumps({"setting": setting, "scripts": found, "machine": machine()}, indent=1) + "\n")
    if not found:
        return
    print(figures(found), f"\n{len(found)} of {len(known)} measured")
    if options.write:
        here = machine()
        about = {**setting, "cores": here["cores"], "processor": here.get("processor", "?"), "date": time.strftime("%Y-%m-%d")}
        TABLE.write_text(TOLD.format(figures=figures(found), **about) + table(found))


if __name__ == "__main__":
    main()
