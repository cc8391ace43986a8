"""`nabi film`: a training as a film, epoch by epoch: of a run, trained again to the same numbers, or of a network of the zoo.

    nabi film last --out film.gif
    nabi film mlp --data moons --out moons.mp4
"""

import argparse
import os
from typing import Any

from nabi.cli.main import DONE
from nabi.cli.main import say as line
from nabi.cli.output import emit_json
from nabi.cli.places import run_of
from nabi.cli.race import checked_out
from nabi.core.errors import FileError, UnknownName, did_you_mean
from nabi.core.language import say
from nabi.core.table import one_line
from nabi.viz.film import ENDINGS

WORDS: dict[str, tuple[str, str]] = {
    "film": ("film      {file}, {frames} frames, {size:.1f} MB", "영상      {file}, 프레임 {frames}개, {size:.1f} MB"),
    "share": ("right     {first:.1f} % before training, {last:.1f} % after epoch {epoch}",
              "정답      학습 전 {first:.1f} %, {epoch} 에포크 뒤 {last:.1f} %"),
}  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Films, writes and says what was written."""
    checked_out(args.out, ENDINGS)
    from nabi import lab

    source: Any = args.source
    if args.data is None or not is_network(args.source):
        source = source_of(args.source, args.runs)
    found = lab.film(source, data=args.data, epochs=args.epochs, what=args.what, seed=args.seed, picture=args.picture,
                     tell=None if args.json else line)
    found.save(args.out)
    shares = [float(share) for share in found.accuracy]
    if args.json:
        emit_json({"net": found.net, "data": found.data, "epochs": found.epochs, "losses": found.losses, "accuracy": shares,
                   "film": str(args.out), "bytes": os.path.getsize(args.out)})
    else:
        print(say(WORDS, "share", first=100 * shares[0], last=100 * shares[-1], epoch=found.epochs[-1]))
        print(say(WORDS, "film", file=one_line(str(args.out)), frames=len(found.epochs), size=os.path.getsize(args.out) / 1e6))
    return DONE


def is_network(word: str) -> bool:
    """Whether the zoo has a network of that name."""
    from nabi.zoo import list_networks

    return word in list_networks()


def source_of(word: str, out: str) -> Any:
    """A run, or the name of a network.

    Raises UnknownName: neither.
    """
    try:
        return run_of(word, out)
    except FileError as error:
        from nabi.zoo import list_networks

        if is_network(word):
            return word
        if os.path.exists(word):
            raise
        raise UnknownName("nabi film", "a run or a network", repr(word), did_you_mean(word, list_networks())) from error
