"""Comparing: a script on nabi and, where real Keras 3 on torch runs it unedited, on Keras; what both show.

Three seeds each, ten others where three tell them apart.

    python tests/scripts/comparing.py [--seconds 150] [--only WORD ...] [--afresh]

Scripts that ran as they should, and have the same text, are left alone without `--afresh`; `--seconds` ends after the group at
hand. A script agrees where the keys of every History and the shapes of all predictions are equal and each last training loss lies
within the noise of the seeds (`within_noise`). Scripts of more than six losses, such as those that learn by reward, where the one
fit decides what the next one sees, are held to the mean of them; these, and scripts of more than six predictions, to the kinds of
shapes instead of how many there are.
"""

import argparse
import json
import os
import statistics
import sys
import time
import zlib
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from scripts import collection  # noqa: E402
from scripts.collection import HERE, SHORT, Seen  # noqa: E402

KNOWN, RESULTS = HERE / "keras_runs.json", HERE / "RESULTS.json"
SEEDS, MORE, MANY = range(3), range(3, 13), 6
FINE, NOT_LEGACY = ("agrees", "runs; not for Keras 3"), "not for Keras 2"


def within_noise(a: Sequence[float], b: Sequence[float]) -> bool:
    """Whether two sets of losses, one value a seed, have the same mean: within four standard errors, or a tenth of the larger."""
    error = sum(statistics.variance(values) / len(values) for values in (a, b)) ** 0.5
    low, high = sorted(abs(statistics.fmean(values)) for values in (a, b))
    return abs(statistics.fmean(a) - statistics.fmean(b)) <= max(4 * error, 0.1 * high)


def differences(ours: list[Seen], theirs: list[Seen]) -> list[str]:
    """What two engines do differently with a script, one Seen a seed; empty where they agree."""
    if any(seen.code for seen in (*ours, *theirs)):
        return ["one of them fails: " + last_line(next(seen for seen in (*ours, *theirs) if seen.code))]
    many = len(ours[0].losses) > MANY
    often = many or max(len(seen.shapes) for seen in (ours[0], theirs[0])) > MANY  # such as word by word, until one says "end"
    a, b = ((kinds if often else list)(seen.shapes) for seen in (ours[0], theirs[0]))
    told = ["other keys"] * (named(ours[0].keys) != named(theirs[0].keys)) + [f"shapes: {a} and {b}"[:200]] * (a != b)
    losses = [list(zip(*(mean(seen.losses) if many else seen.losses for seen in seeds), strict=True)) for seeds in (ours, theirs)]
    if len(losses[0]) != len(losses[1]):
        return [*told, f"number of losses: {len(losses[0])} and {len(losses[1])}"]
    pairs = [(k, a, b) for k, (a, b) in enumerate(zip(*losses, strict=True)) if not within_noise(a, b)]
    return told + [f"loss {k}: {rounded(a)} and {rounded(b)}" for k, a, b in pairs]


def named(keys: list[list[str]]) -> list[list[str]]:
    """The keys of histories, "acc" as "accuracy" and Keras 2's "lr" as "learning_rate": nabi's answer to both names."""
    def of(key: str) -> str:
        if key.endswith(("accuracy", "acc")):
            return key.removesuffix("accuracy").removesuffix("acc") + "accuracy"
        return "learning_rate" if key == "lr" else key

    return [sorted(map(of, one)) for one in keys]


def kinds(shapes: list) -> list:
    """Each shape once, in order."""
    return [shape for k, shape in enumerate(shapes) if shape not in shapes[:k]]


def mean(losses: list[float]) -> list[float]:
    """The mean alone."""
    return [statistics.fmean(losses)]


def rounded(values: Sequence[float]) -> list[float]:
    """Values to four places, to be read."""
    return [float(f"{value:.4g}") for value in values]


def last_line(seen: Seen) -> str:
    """The last line of what a run wrote to standard error."""
    return (seen.error.strip().splitlines() or [f"exit code {seen.code}"])[-1][:160]


def stamp(script: str) -> int:
    """A number of a script's text: another text, another number."""
    return zlib.crc32((HERE / script).read_bytes())


def runs_on_keras() -> dict[str, str]:
    """Scripts by what Keras said of them: "" where it runs them."""
    return json.loads(KNOWN.read_text())["scripts"]


def last_loss(seeds: list[Seen]) -> float | None:
    """The mean of the last losses over the seeds."""
    values = [seen.losses[-1] for seen in seeds if seen.losses]
    return float(f"{statistics.fmean(values):.5g}") if values else None


def row(script: str, ours: list[Seen], theirs: list[Seen] | None) -> dict:
    """The line of a script in RESULTS.json."""
    both = {"nabi": ours, "keras": theirs} if theirs else {"nabi": ours}
    failed = [seen for seen in ours if seen.code]
    about = {"era": Path(script).parts[0], "stamp": stamp(script), "ends_with_0": not failed,
             "cpu_seconds": {name: round(statistics.median(seen.cpu for seen in seeds), 2) for name, seeds in both.items()},
             "loss": {name: last_loss(seeds) for name, seeds in both.items()}}
    if theirs is None:
        return about | {"verdict": last_line(failed[0]) if failed else FINE[1]}
    told = differences(ours, theirs)
    return about | {"keys_equal": named(ours[0].keys) == named(theirs[0].keys), "verdict": "; ".join(told) or FINE[0]}


def compare(scripts: list[str]) -> dict[str, dict]:
    """The rows of some scripts, all of them on each engine in one process; those that Keras cannot run with one seed on nabi.

    Losses that three seeds tell apart are compared again with ten others: three may lie together by chance.
    """
    told = runs_on_keras()
    found = compared(scripts, SEEDS, told)
    doubtful = [script for script, one in found.items() if one["verdict"].startswith("loss")]
    return found | (compared(doubtful, MORE, told) if doubtful else {})


def compared(scripts: list[str], seeds: range, told: dict[str, str]) -> dict[str, dict]:
    """The rows of some scripts with these seeds; `told` is what Keras said of them."""
    both = [script for script in scripts if told.get(script) == ""]
    jobs = [(script, *SHORT, "--seed", str(seed)) for script in scripts for seed in (seeds if script in both else (0,))]
    seen = {}
    for engine, mine in (("nabi", jobs), ("keras", [job for job in jobs if job[0] in both])):
        seen[engine] = list(zip(mine, collection.run_all(engine, mine) if mine else [], strict=True))
    def of(engine: str, script: str) -> list[Seen]:
        return [one for job, one in seen[engine] if job[0] == script]

    return {script: row(script, of("nabi", script), of("keras", script) or None) for script in scripts}


def legacy_verdicts(scripts: list[str]) -> dict[str, str]:
    """What each script does differently on Keras 2: "agrees", or why that cannot run it; doubtful losses by ten seeds more."""
    found, left = {}, scripts
    for seeds in (SEEDS, MORE):
        jobs = [(script, *SHORT, "--seed", str(seed)) for script in left for seed in seeds]
        theirs = collection.run_all("keras2", jobs)
        ran = [k for k, seen in enumerate(theirs) if seen.code == 0 and seen.calls]
        ours = dict(zip(ran, collection.run_all("nabi", [jobs[k] for k in ran]) if ran else [], strict=True))
        for k, script in enumerate(left):
            places = range(k * len(seeds), (k + 1) * len(seeds))
            if all(place in ours for place in places):
                told = differences([ours[place] for place in places], [theirs[place] for place in places])
                found[script] = "; ".join(told) or FINE[0]
            else:
                first = theirs[places[0]]
                found[script] = f"{NOT_LEGACY}: " + (last_line(first) if first.code else "no call of a model seen")
        left = [script for script in left if found[script].startswith("loss")]
        if not left:
            break
    return found


def find_out(scripts: list[str]) -> None:
    """Adds to keras_runs.json what Keras says of some scripts."""
    told = json.loads(KNOWN.read_text())["scripts"]
    seen = collection.run_all("keras", [(script, *SHORT, "--seed", "0") for script in scripts])
    for script, one in zip(scripts, seen, strict=True):
        told[script] = "" if one.code == 0 and one.calls else last_line(one) if one.code else "no call of a model seen"
        print(f"{script:45s} {told[script] or 'runs'}", flush=True)
    there = set(collection.scripts())
    kept = {script: told[script] for script in sorted(told) if script in there}
    KNOWN.write_text(json.dumps({"scripts": kept}, indent=1) + "\n")


def groups(scripts: list[str], seconds: float):
    """Scripts four at a time, until the seconds are over."""
    end = time.monotonic() + seconds
    for first in range(0, len(scripts), 4):
        if time.monotonic() > end:
            print(f"{len(scripts) - first} left: run it again")
            return
        yield scripts[first : first + 4]


def save(found: dict[str, dict]) -> None:
    """Writes RESULTS.json, with a line for each script that is there."""
    there = set(collection.scripts())
    kept = {script: found[script] for script in sorted(found) if script in there}
    legacy = [one["keras2"] for one in kept.values() if "keras2" in one]
    about = {"command": "python tests/scripts/comparing.py", "options": " ".join(SHORT), "seeds": len(SEEDS),
             "date": time.strftime("%Y-%m-%d"), "agree": sum(one["verdict"] == FINE[0] for one in kept.values()),
             "run": sum(one["ends_with_0"] for one in kept.values()), "of": len(there),
             "keras2": {"agree": legacy.count(FINE[0]), "run": sum(not said.startswith(NOT_LEGACY) for said in legacy),
                        "of": len(legacy)}}
    text = json.dumps({"about": about, "scripts": {}}, indent=1)
    lines = ",\n".join(f"  {json.dumps(script)}: {json.dumps(one)}" for script, one in kept.items())
    RESULTS.write_text(text.replace('"scripts": {}', '"scripts": {\n' + lines + "\n }") + "\n")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--seconds", type=float, default=150)
    arguments.add_argument("--only", nargs="*", default=[""], metavar="WORD")
    arguments.add_argument("--afresh", action="store_true")
    options = arguments.parse_args()
    found = json.loads(RESULTS.read_text())["scripts"] if RESULTS.exists() else {}
    asked = [script for script in collection.scripts() if any(word in script for word in options.only)]
    same = {script for script in asked if script in found and found[script]["stamp"] == stamp(script)}
    old = [script for script in asked if options.afresh or script not in same or found[script]["verdict"] not in FINE]
    for some in groups(old, options.seconds):
        new = [script for script in some if script not in runs_on_keras()]
        if new:
            find_out(new)
        for script, one in compare(some).items():
            print(f"{script:45s} {one['verdict']}", flush=True)
            kept = found[script].get("keras2") if script in same and not options.afresh else None
            found[script] = one | ({"keras2": kept} if kept else {})
        save(found)
    left = [script for script in asked if script in found and not fine_on_legacy(found[script])]
    for some in groups(left, options.seconds) if os.environ.get(collection.LEGACY) else ():
        for script, said in legacy_verdicts(some).items():
            print(f"{script:45s} {said}", flush=True)
            found[script]["keras2"] = said
        save(found)


def fine_on_legacy(one: dict) -> bool:
    """Whether a row has been held against Keras 2, and nothing was found."""
    return one.get("keras2", "").startswith((FINE[0], NOT_LEGACY))


if __name__ == "__main__":
    main()
