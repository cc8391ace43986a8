"""Parser: commands, options and their help, in English or Korean.

argparse, because it is there at once: `nabi --help` takes as long as Python's own start.
"""

import argparse
import re
import sys
from collections.abc import Callable, Sequence

from nabi.cli.korean import hint
from nabi.cli.words import t
from nabi.core.config import PRECISIONS
from nabi.core.duration import seconds
from nabi.core.errors import ArgumentError, did_you_mean
from nabi.core.version import __version__

SETS = "digits, mnist, fashion-mnist, cifar10, smiles"


class Formatter(argparse.RawDescriptionHelpFormatter):
    """Help in two columns, `--epochs N` in the first; the word "usage" in the user's language."""

    def __init__(self, prog):
        super().__init__(prog, max_help_position=30, width=100)

    def add_usage(self, usage, actions, groups, prefix=None):
        super().add_usage(usage, actions, groups, t("usage") + ": ")


class Parser(argparse.ArgumentParser):
    """Parser whose errors are one line and name the nearest word."""

    def __init__(self, takes_help: bool = True, **options):
        super().__init__(formatter_class=Formatter, allow_abbrev=False, add_help=False, **options)
        self._positionals.title, self._optionals.title = t("arguments"), t("options")
        if takes_help:
            self.add_argument("-h", "--help", action="help", help=t("help.help"))

    def error(self, message):
        """Prints the message and ends with exit code 2."""
        print(f"{self.prog}: {t('error')}: {in_words(message)} {t('try help', prog=self.prog)}", file=sys.stderr)
        raise SystemExit(2)

    def _check_value(self, action, value):
        if action.choices is not None and value not in action.choices:
            where = "/".join(action.option_strings) or action.metavar or action.dest
            near = hint(did_you_mean(str(value), action.choices))
            raise argparse.ArgumentError(None, f"{where}: {t('unknown', value=repr(value))} {near}")


def in_words(message: str) -> str:
    """What argparse says of its own, as a sentence in the user's language; our own messages as they are.

    Example:
        >>> in_words("argument --epochs: expected one argument"), in_words("the following arguments are required: MODEL, FILE")
        ('--epochs needs a value.', 'Missing: MODEL, FILE.')
    """
    if message.startswith("the following arguments are required: "):
        return t("required", names=message.split(": ", 1)[1])
    name, _, rest = message.removeprefix("argument ").partition(": ")
    if rest.startswith("expected ") and rest.endswith(("argument", "arguments")):
        return t("needs value", option=name)
    if rest.startswith("ignored explicit argument "):
        return t("takes none", option=name)
    return message.removeprefix("argument ")


def number(kind: type, low: float, above: bool = False) -> Callable[[str], float]:
    """Reads a number from `low` on (or above it)."""

    def read(text: str):
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value is None or not (low < value if above else low <= value) or value == float("inf"):
            what = t("whole number" if kind is int else "number", low=f"{low:g}")
            raise argparse.ArgumentTypeError(t("expected", what=what, got=repr(text)))
        return value

    return read


def build() -> Parser:
    """The parser of all commands."""
    parser = Parser(prog="nabi", description=t("nabi"), epilog=t("epilog"))
    parser.add_argument("--version", action="version", version=f"nabi {__version__}", help=t("help.version"))
    commands = parser.add_subparsers(dest="command", metavar=t("COMMAND"), title=t("commands"), parser_class=Parser)
    for name, add in COMMANDS.items():
        sub = commands.add_parser(name, help=t(name), description=t(f"{name}.long"), prog=f"nabi {name}")
        add(sub)
        if name not in (*ACTIONS, *SILENT):
            sub.add_argument("--json", action="store_true", help=t("help.json"))
    return parser


def duration(text: str) -> float:
    """Reads a time: 90, 90s, 10m, 1h30m.

    Example:
        >>> duration("10m"), duration("1h30m"), duration("90")
        (600.0, 5400.0, 90.0)
    """
    try:
        return seconds("--time", text)
    except ArgumentError:
        raise argparse.ArgumentTypeError(t("expected", what=t("a time"), got=repr(text))) from None


def add_recipe(sub: Parser, epochs: str) -> None:
    """Options that make up a recipe; they have no default here."""
    add = sub.add_argument
    add("data", nargs="?", metavar="DATA", help=t("help.data", sets=SETS))
    add("--model", metavar="NAME", help=t("help.model"))
    add("--weights", choices=("imagenet",), metavar="NAME", help=t("help.weights"))
    add("--depth", choices=("head", "top", "all"), metavar="NAME", help=t("help.depth"))
    add("--epochs", type=number(int, 1), metavar="N", help=t(epochs))
    add("--batch-size", type=number(int, 1), metavar="N", help=t("help.batch_size"))
    add("--optimizer", metavar="NAME", help=t("help.optimizer"))
    add("--learning-rate", type=number(float, 0, above=True), metavar="R", help=t("help.learning_rate"))
    add("--schedule", choices=("constant", "cosine", "one-cycle"), metavar="NAME", help=t("help.schedule"))
    add("--seed", type=number(int, 0), metavar="N", help=t("help.seed"))
    add("--precision", choices=PRECISIONS, metavar="NAME", help=t("help.precision", names=", ".join(PRECISIONS)))
    add("--validation-split", type=number(float, 0), metavar="SHARE", help=t("help.validation_split"))
    add("--patience", type=number(int, 0), metavar="N", help=t("help.patience"))
    add("--name", metavar="NAME", help=t("help.name"))
    add("--out", default="runs", metavar="FOLDER", help=t("help.out"))
    add("--recipe", metavar="FILE", help=t("help.recipe"))
    add("--sampling", choices=("balanced",), metavar="HOW", help=t("help.sampling"))
    add("--size", type=number(int, 8), metavar="N", help=t("help.size"))
    add("--fit", choices=("pad", "crop", "stretch"), metavar="HOW", help=t("help.fit"))
    add("--crop", choices=("faces",), metavar="WHAT", help=t("help.crop"))


def add_train(sub: Parser) -> None:
    """Options of `nabi train`."""
    add_recipe(sub, "help.epochs")
    sub.add_argument("--resume", metavar="RUN", help=t("help.resume"))
    sub.add_argument("--dry-run", action="store_true", help=t("help.dry_run"))
    sub.add_argument("--quiet", action="store_true", help=t("help.quiet"))


def add_tune(sub: Parser) -> None:
    """Options of `nabi tune`."""
    add_recipe(sub, "help.trial_epochs")
    sub.add_argument("--vary", action="append", metavar="ENTRY=VALUES", help=t("help.vary"))
    sub.add_argument("--trials", type=number(int, 1), metavar="N", help=t("help.trials"))
    sub.add_argument("--time", type=duration, metavar="TIME", help=t("help.time"))
    sub.add_argument("--resume", metavar="FOLDER", help=t("help.resume_search"))
    sub.add_argument("--quiet", action="store_true", help=t("help.quiet"))


def add_compare(sub: Parser) -> None:
    """Options of `nabi compare`."""
    add = sub.add_argument
    add("model", nargs="?", metavar="NETWORK", help=t("help.compared"))
    add("--vary", action="append", metavar="ENTRY=VALUES", help=t("help.compared_vary"))
    add("--seeds", type=number(int, 1), default=3, metavar="N", help=t("help.compared_seeds"))
    add("--data", metavar="DATA", help=t("help.compared_data", sets=SETS))
    add("--epochs", type=number(int, 1), metavar="N", help=t("help.compared_epochs"))
    add("--batch-size", type=number(int, 1), metavar="N", help=t("help.batch_size"))
    add("--optimizer", metavar="NAME", help=t("help.optimizer"))
    add("--learning-rate", type=number(float, 0, above=True), metavar="R", help=t("help.learning_rate"))
    add("--target", type=number(float, 0, above=True), metavar="SHARE", help=t("help.target"))
    add("--seed", type=number(int, 0), metavar="N", help=t("help.compared_first"))
    add("--recipe", metavar="FILE", help=t("help.recipe"))
    add("--out", default="runs", metavar="FOLDER", help=t("help.out"))
    add("--resume", metavar="FOLDER", help=t("help.resume_compare"))
    add("--quiet", action="store_true", help=t("help.quiet"))
    add("--csv", action="store_true", help=t("help.csv"))


def add_evaluate(sub: Parser) -> None:
    """Options of `nabi evaluate`."""
    sub.add_argument("model", metavar="MODEL", help=t("help.a_model"))
    sub.add_argument("data", nargs="?", metavar="DATA", help=t("help.other_data", sets=SETS))
    sub.add_argument("--batch-size", type=number(int, 1), default=256, metavar="N", help=t("help.at_once"))


def add_predict(sub: Parser) -> None:
    """Options of `nabi predict`."""
    sub.add_argument("model", metavar="MODEL", help=t("help.a_model"))
    sub.add_argument("files", nargs="+", metavar="FILE", help=t("help.files"))
    sub.add_argument("--top", type=number(int, 1), default=3, metavar="N", help=t("help.top"))
    sub.add_argument("--invert", choices=("auto", "yes", "no"), default="auto", metavar="WHEN", help=t("help.invert"))
    sub.add_argument("--csv", action="store_true", help=t("help.csv"))


def add_summary(sub: Parser) -> None:
    """Options of `nabi summary`."""
    sub.add_argument("model", metavar="MODEL", help=t("help.model_or_network"))
    sub.add_argument("--show", choices=("arithmetic",), metavar="WHAT", help=t("help.show"))


def add_runs(sub: Parser) -> None:
    """`nabi runs list` and `nabi runs compare`."""
    actions = sub.add_subparsers(dest="action", metavar=t("COMMAND"), title=t("commands"), parser_class=Parser)
    for name in ("list", "compare"):
        action = actions.add_parser(name, help=t(f"runs.{name}"), description=t(f"runs.{name}.long"), prog=f"nabi runs {name}")
        if name == "compare":
            action.add_argument("runs", nargs="+", metavar="RUN", help=t("help.runs"))
            action.add_argument("--figure", metavar="FILE", help=t("help.runs_figure"))
        action.add_argument("--out", default="runs", metavar="FOLDER", help=t("help.where"))
        action.add_argument("--json", action="store_true", help=t("help.json"))


def sizes(text: str) -> list[int]:
    """Reads numbers of pictures: 50,100,200."""
    return [int(number(int, 1)(part.strip())) for part in text.split(",")]


def add_curve(sub: Parser) -> None:
    """Options of `nabi data curve`."""
    add_recipe(sub, "help.curve_epochs")
    sub.add_argument("--sizes", type=sizes, metavar="N,N,...", help=t("help.sizes"))
    sub.add_argument("--seeds", type=number(int, 1), default=3, metavar="N", help=t("help.seeds"))
    sub.add_argument("--resume", metavar="FOLDER", help=t("help.resume_curve"))
    sub.add_argument("--quiet", action="store_true", help=t("help.quiet"))
    sub.add_argument("--json", action="store_true", help=t("help.json"))


def add_data(sub: Parser) -> None:
    """`nabi data preview`, `nabi data curve`."""
    actions = sub.add_subparsers(dest="action", metavar=t("COMMAND"), title=t("commands"), parser_class=Parser)
    check = actions.add_parser("check", help=t("data.check"), description=t("data.check.long"), prog="nabi data check")
    check.add_argument("source", metavar="FOLDER", help=t("help.checked"))
    check.add_argument("--labels", nargs="?", choices=("auto", "network", "features"), const="auto", metavar="JUDGE",
                       help=t("help.labels"))
    check.add_argument("--out", default="check.html", metavar="FILE", help=t("help.page"))
    check.add_argument("--quarantine", metavar="FILE", help=t("help.quarantine"))
    check.add_argument("--json", action="store_true", help=t("help.json"))
    preview = actions.add_parser("preview", help=t("data.preview"), description=t("data.preview.long"), prog="nabi data preview")
    preview.add_argument("source", metavar="PICTURE", help=t("help.source"))
    preview.add_argument("--augment", metavar="WORDS", help=t("help.augment"))
    preview.add_argument("--count", type=number(int, 1), default=8, metavar="N", help=t("help.count"))
    preview.add_argument("--size", type=number(int, 8), default=96, metavar="N", help=t("help.preview_size"))
    preview.add_argument("--seed", type=number(int, 0), default=0, metavar="N", help=t("help.preview_seed"))
    preview.add_argument("--out", default="preview.png", metavar="FILE", help=t("help.sheet"))
    preview.add_argument("--json", action="store_true", help=t("help.json"))
    add_curve(actions.add_parser("curve", help=t("data.curve"), description=t("data.curve.long"), prog="nabi data curve"))


def add_smile(sub: Parser) -> None:
    """Options of `nabi smile`."""
    sub.add_argument("files", nargs="*", metavar="IMAGE", help=t("help.photos"))
    sub.add_argument("--camera", nargs="?", type=number(int, 0), const=0, metavar="N", help=t("help.camera"))
    sub.add_argument("--video", metavar="FILE", help=t("help.video"))
    sub.add_argument("--frames", type=number(int, 1), metavar="N", help=t("help.frames"))
    sub.add_argument("--out", metavar="FOLDER", help=t("help.drawn"))
    sub.add_argument("--crops", action="store_true", help=t("help.crops"))
    sub.add_argument("--model", metavar="MODEL", help=t("help.smile_model"))
    sub.add_argument("--threshold", type=number(float, 0), metavar="SCORE", help=t("help.threshold"))


def add_digit(sub: Parser) -> None:
    """Options of `nabi digit`."""
    sub.add_argument("files", nargs="+", metavar="PHOTO", help=t("help.digit_photos"))
    sub.add_argument("--out", metavar="FOLDER", help=t("help.digit_out"))
    sub.add_argument("--model", metavar="MODEL", help=t("help.digit_model"))


def add_explain(sub: Parser) -> None:
    """Options of `nabi explain`."""
    sub.add_argument("model", metavar="MODEL", help=t("help.explained_model"))
    sub.add_argument("image", metavar="IMAGE", help=t("help.one_picture"))
    sub.add_argument("--method", metavar="NAMES", help=t("help.method"))
    sub.add_argument("--layer", metavar="NAME", help=t("help.layer"))
    sub.add_argument("--class", dest="of_class", metavar="CLASS", help=t("help.of_class"))
    sub.add_argument("--output", metavar="NAME", help=t("help.output"))
    sub.add_argument("--steps", type=number(int, 1), metavar="N", help=t("help.steps"))
    sub.add_argument("--quick", action="store_true", help=t("help.quick"))
    sub.add_argument("--invert", choices=("auto", "yes", "no"), default="auto", metavar="WHEN", help=t("help.invert"))
    sub.add_argument("--out", default="explanation.png", metavar="FILE", help=t("help.explanation"))


def add_race(sub: Parser) -> None:
    """Options of `nabi race`; a start such as -1.2,1 is a value, though it begins like an option."""
    sub._negative_number_matcher = re.compile(r"-[\d.]")
    sub.add_argument("--function", default="beale", metavar="NAME", help=t("help.function"))
    sub.add_argument("--optimizers", default="all", metavar="NAMES", help=t("help.racers"))
    sub.add_argument("--start", metavar="X,Y", help=t("help.start"))
    sub.add_argument("--net", metavar="NAME", help=t("help.race_net"))
    sub.add_argument("--steps", type=number(int, 1), metavar="N", help=t("help.race_steps"))
    sub.add_argument("--epochs", type=number(int, 1), metavar="N", help=t("help.race_epochs"))
    sub.add_argument("--batch-size", type=number(int, 1), metavar="N", help=t("help.race_batch"))
    sub.add_argument("--seed", type=number(int, 0), metavar="N", help=t("help.race_seed"))
    sub.add_argument("--tolerance", type=number(float, 0, above=True), metavar="F", help=t("help.tolerance"))
    sub.add_argument("--learning-rate", type=number(float, 0, above=True), metavar="RATE", help=t("help.race_rate"))
    sub.add_argument("--sweep", action="store_true", help=t("help.sweep"))
    sub.add_argument("--fit", action="store_true", help=t("help.line_fit"))
    sub.add_argument("--table", metavar="NAME", help=t("help.small_table"))
    sub.add_argument("--csv", action="store_true", help=t("help.csv"))
    sub.add_argument("--out", default="race.png", metavar="FILE", help=t("help.race_out"))


def add_figures(sub: Parser) -> None:
    """Options of `nabi figures`."""
    sub.add_argument("--out", default="figures", metavar="FOLDER", help=t("help.figures_out"))
    sub.add_argument("--only", metavar="NAMES", help=t("help.only"))
    sub.add_argument("--model", metavar="MODEL", help=t("help.figures_model"))
    sub.add_argument("--data", metavar="DATA", help=t("help.figures_data", sets=SETS))
    sub.add_argument("--photo", metavar="FILE", help=t("help.photo"))
    sub.add_argument("--list", action="store_true", help=t("help.list"))


def add_run(sub: Parser) -> None:
    """Options of `nabi run`; what follows the script is the script's."""
    sub.add_argument("script", metavar="SCRIPT", help=t("help.script"))
    sub.add_argument("args", nargs=argparse.REMAINDER, metavar="ARGS", help=t("help.script_arguments"))
    sub.add_argument("--max-epochs", type=number(int, 1), metavar="N", help=t("help.max_epochs"))
    sub.add_argument("--fast-data", type=number(int, 1), metavar="N", help=t("help.fast_data"))
    sub.add_argument("--seed", type=number(int, 0), metavar="N", help=t("help.run_seed"))
    sub.add_argument("--stand-in", action="store_true", help=t("help.stand_in"))
    sub.add_argument("--traceback", action="store_true", help=t("help.traceback"))
    sub.add_argument("--out", default="runs", metavar="FOLDER", help=t("help.run_out"))


def add_draw(sub: Parser) -> None:
    """Options of `nabi draw`."""
    sub.add_argument("model", metavar="MODEL", help=t("help.drawn_model"))
    sub.add_argument("--unfold", action="store_true", help=t("help.unfold"))
    sub.add_argument("--block", metavar="NAME", help=t("help.block"))
    sub.add_argument("--horizontal", action="store_true", help=t("help.horizontal"))
    sub.add_argument("--out", default="network.svg", metavar="FILE", help=t("help.drawing"))


def add_film(sub: Parser) -> None:
    """Options of `nabi film`."""
    sub.add_argument("source", metavar="SOURCE", help=t("help.film_source"))
    sub.add_argument("--data", metavar="DATA", help=t("help.film_data"))
    sub.add_argument("--epochs", type=number(int, 1), metavar="N", help=t("help.film_epochs"))
    sub.add_argument("--what", metavar="NAMES", help=t("help.film_what"))
    sub.add_argument("--picture", type=number(int, 0), default=0, metavar="N", help=t("help.film_picture"))
    sub.add_argument("--seed", type=number(int, 0), default=0, metavar="N", help=t("help.film_seed"))
    sub.add_argument("--runs", default="runs", metavar="FOLDER", help=t("help.film_runs"))
    sub.add_argument("--out", default="film.gif", metavar="FILE", help=t("help.film_out"))


def add_doctor(sub: Parser) -> None:
    """`nabi doctor` has no options of its own."""


COMMANDS = {"run": add_run, "train": add_train, "tune": add_tune, "compare": add_compare, "evaluate": add_evaluate,
            "predict": add_predict, "explain": add_explain, "race": add_race, "film": add_film, "draw": add_draw,
            "figures": add_figures, "smile": add_smile, "digit": add_digit, "summary": add_summary, "runs": add_runs,
            "data": add_data,
            "doctor": add_doctor}
ACTIONS = ("runs", "data")  # commands that have commands of their own
SILENT = ("run",)  # commands whose output is another program's


def parse(parser: Parser, argv: Sequence[str]) -> argparse.Namespace:
    """The arguments; anything unknown ends with exit code 2, nothing at all with the help."""
    if argv and argv[0] == "runs" and (len(argv) == 1 or argv[1] in ("--out", "--json")):
        argv = ["runs", "list", *argv[1:]]
    args, left = parser.parse_known_args(argv)
    chosen = chosen_parser(parser, args)
    if left:
        options = [option for action in chosen._actions for option in action.option_strings]
        near = hint(did_you_mean(left[0].split("=")[0], options)) if left[0].startswith("-") else ""
        chosen.error(f"{t('unknown', value=repr(left[0]))} {near}".strip())
    if args.command is None or (args.command in ACTIONS and args.action is None):
        chosen.print_help()
        raise SystemExit(0 if not argv else 2)
    return args


def chosen_parser(parser: Parser, args: argparse.Namespace) -> Parser:
    """The parser of the command that was named, or of its subcommand."""
    for name in (args.command, getattr(args, "action", None)):
        if name is not None:
            parser = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction)).choices[name]
    return parser
