"""`nabi doctor`: what this machine gives, what is missing, and what to do about it."""

import argparse
import os
import platform
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from nabi.cli.main import DONE, FAILED
from nabi.cli.output import emit_json
from nabi.cli.words import t
from nabi.core.table import table
from nabi.core.version import __version__

OK, NOTE, BAD = "ok", "note", "bad"
OPTIONAL = {"h5py": "Keras files", "opencv-python-headless": "faces", "starlette": "studio", "onnx": "export", "optuna": "tune"}


@dataclass(frozen=True)
class Check:
    """One finding: what, how it stands ("ok", "note", "bad"), what was found, and what to do."""

    name: str
    state: str
    found: str
    remedy: str = ""


def run(args: argparse.Namespace) -> int:
    """Prints all findings; exit code 1 if something that nabi needs is bad."""
    found = list(checks())
    if args.json:
        emit_json([asdict(check) for check in found])
    else:
        rows = [[{OK: "ok", NOTE: "--", BAD: "!!"}[check.state], t(f"d.{check.name.split()[0]}", rest=rest(check)), check.found]
                for check in found]
        lines = table(["", "", ""], rows).splitlines()[1:]
        for line, check in zip(lines, found, strict=True):
            print(line + (f"\n      {check.remedy}" if check.remedy else ""))
    return FAILED if any(check.state == BAD for check in found) else DONE


def rest(check: Check) -> str:
    """What follows the first word of a finding's name: the data set's."""
    return check.name.partition(" ")[2]


def checks() -> Iterator[Check]:
    """All findings, in order."""
    yield Check("nabi", OK, f"{__version__}, Python {platform.python_version()}, {platform.platform(terse=True)}")
    yield from engine()
    yield from folders()
    yield from data()
    yield from extras()


def engine() -> Iterator[Check]:
    """torch, threads, instruction set, bfloat16, kernels."""
    try:
        import torch
    except (ImportError, OSError) as error:
        yield Check("torch", BAD, t("d.no torch", error=error), t("d.install torch"))
        return
    from nabi import kernels
    from nabi.core.device import native_bfloat16
    from nabi.lab.environment import processor

    gpu = torch.cuda.is_available()
    if torch.version.cuda and not gpu:
        yield Check("torch", NOTE, t("d.cuda", version=torch.__version__), t("d.take cpu"))
    else:
        yield Check("torch", OK, f"{torch.__version__}, {torch.cuda.get_device_name(0) if gpu else 'CPU'}")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    threads = torch.get_num_threads()
    more = threads > cores
    yield Check("processor", OK, f"{processor()}, {torch.backends.cpu.get_cpu_capability()}")
    yield Check("threads", NOTE if more else OK, t("d.so many", threads=threads, cores=cores),
                t("d.fewer", cores=cores) if more else "")
    low = native_bfloat16()
    yield Check("bfloat16", OK if low else NOTE, t("d.native" if low else "d.not native"))
    why = kernels.why_not()
    yield Check("kernels", NOTE if why else OK, t("d.plain", why=why) if why else t("d.fused"))


def folders() -> Iterator[Check]:
    """Where things are written."""
    from nabi.datasets.sources import cache_folder

    cache = cache_folder()
    fine = writable(cache)
    told = str(cache) if fine else t("d.unwritable", path=cache)
    yield Check("cache", OK if fine else NOTE, told, "" if fine else t("d.set cache"))
    from nabi.kernels import kept

    place = next(filter(writable, kept.folders()), None)
    yield Check("compiled kernels", OK if place else NOTE, t("d.kept", path=place) if place else t("d.not kept"),
                "" if place else t("d.set numba"))


def writable(folder: Path) -> bool:
    """Whether a file can be made in a folder, or in the nearest one above that exists."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def data() -> Iterator[Check]:
    """Which data sets are here."""
    from nabi.datasets import smiles
    from nabi.lab.data import SETS, where

    for name in SETS:
        place = where(name)
        told = str(place) if place else t("d.not here")
        remedy = t("d.put data", file=smiles.NAME) if name == "smiles" else t("d.get data")
        yield Check(f"data {name}", OK if place else NOTE, told, "" if place else remedy)


def extras() -> Iterator[Check]:
    """Optional packages, and a font for Korean figures."""
    from nabi.viz.style import has_korean

    there, missing = [], []
    for package, purpose in OPTIONAL.items():
        try:
            there.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            missing.append(f"{package} ({purpose})")
    if there:
        yield Check("extras", OK, ", ".join(there))
    if missing:
        yield Check("extras", NOTE, f"{t('d.not here')}: {', '.join(missing)}", t("d.get extras"))
    korean = has_korean()
    yield Check("font", OK if korean else NOTE, t("d.hangul" if korean else "d.no hangul"), "" if korean else t("d.get font"))
