"""How long each network of the zoo takes to build, and how much memory: under 2 s of CPU and 1.2 times its weights is the aim.

    python benchmarks/zoo_build.py                  all of them, and a markdown table, as in zoo.md
    python benchmarks/zoo_build.py "resnet*"        some
    python benchmarks/zoo_build.py --table          what stands in results/zoo-build.json

Each network is built in a process of its own, with its first weights drawn, for the input of its card. What is counted begins
behind `import nabi.zoo` and a tiny ResNet, which loads the code: CPU seconds of all threads, and by how much the resident set
rose at its highest, against the bytes of the weights. The layers themselves, some 5 kB each, count along; so a network of many
layers and few weights may take `SLACK` more.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

from harness import RESULTS, machine

FILE = RESULTS / "zoo-build.json"
SECONDS, SHARE, SLACK = 2.0, 1.2, 2e6  # bytes
SMALL = 10e6  # bytes of weights; below them the table shows what comes on top, not the share


def memory(kind: str) -> int:
    """Bytes of VmRSS (resident now) or VmHWM (at the highest since it was last set back)."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(kind + ":"))
    return int(line.split()[1]) * 1024


def measure(name: str) -> dict:
    """One network, in this process."""
    from nabi import zoo

    zoo.build("resnet20", width=0.25)
    Path("/proc/self/clear_refs").write_text("5")  # sets VmHWM back
    before, begin = memory("VmRSS"), time.process_time()
    model = zoo.build(name)
    seconds, grown = time.process_time() - begin, memory("VmHWM") - before
    weights = sum(weight.size * weight.stored.element_size() for weight in model.weights)
    return {"parameters": zoo.parameters(model), "weights": weights, "seconds": round(seconds, 3), "grown": grown}


def run(names: list[str]) -> dict:
    """All of them, each in a process of its own."""
    rows = {}
    for name in names:
        line = subprocess.run([sys.executable, __file__, "--one", name], stdout=subprocess.PIPE, text=True, check=True).stdout
        rows[name] = json.loads(line)
        print(name, rows[name], flush=True)
    return rows


def missed(row: dict) -> bool:
    """Whether a network takes more than it should."""
    return row["seconds"] > SECONDS or row["grown"] > SHARE * row["weights"] + SLACK


def table(rows: dict) -> str:
    """Markdown, the slowest first."""
    lines = ["| network | parameters | weights, MB | CPU seconds | memory / weights |", "| --- | ---: | ---: | ---: | ---: |"]
    for name, row in sorted(rows.items(), key=lambda item: -item[1]["seconds"]):
        more = row["grown"] - row["weights"]
        share = f"{row['grown'] / row['weights']:.2f}" if row["weights"] > SMALL else f"{max(more, 0) / 1e6:.1f} MB more"
        lines.append(f"| {name}{' (too much)' * missed(row)} | {row['parameters']:,} | {row['weights'] / 1e6:.1f} | "
                     f"{row['seconds']:.2f} | {share} |")
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--one"]:
        print(json.dumps(measure(arguments[1])))
        return
    found = json.loads(FILE.read_text()) if FILE.exists() else {"rows": {}}
    if arguments != ["--table"]:
        from nabi import zoo
        from nabi.zoo.card import CARDS

        names = [name for name in zoo.list_networks(arguments[0] if arguments else "*") if name in CARDS]
        found = {"rows": {**found["rows"], **run(names)}, "machine": machine()}
        FILE.write_text(json.dumps(found, indent=1) + "\n")
    print(table(found["rows"]))


if __name__ == "__main__":
    main(sys.argv[1:])
