"""Logging runs: wandb's names, without a server: numbers are kept in memory, nothing is sent; `nabi runs` shows the runs.

    wandb.init(project="digits", config={"epochs": 3})
    wandb.config.epochs                            3
    model.fit(x, y, callbacks=[WandbCallback()])   wandb.run.history, wandb.summary
"""

from typing import Any

from nabi.as_keras.notes import note
from nabi.callbacks import Callback, ModelCheckpoint

__all__ = ["Api", "Artifact", "Audio", "Config", "Histogram", "Html", "Image", "Run", "Settings", "Table", "Video",
           "WandbCallback", "WandbEvalCallback", "WandbMetricsLogger",
           "WandbModelCheckpoint", "config", "finish", "init", "join", "log",
           "log_artifact", "login", "save", "sklearn", "summary", "sweep", "agent", "watch"]


class Config(dict):
    """Settings by name and by attribute."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name not in self:
            raise AttributeError(name)
        return self[name]

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def update(self, *given: Any, allow_val_change: bool = True, **more: Any) -> None:  # pyright: ignore
        """Takes others."""
        for one in given:
            super().update(one if isinstance(one, dict) else vars(one))
        super().update(more)

    def setdefaults(self, given: dict[str, Any]) -> None:
        """Takes those that are not there yet."""
        for name, value in given.items():
            self.setdefault(name, value)


config, summary = Config(), Config()


class Run:
    """What `wandb.init` gives.

    Args:
        project, name: kept.

    Attributes:
        config, summary: settings, and the last numbers. history: all that was logged.
    """

    def __init__(self, project: Any = None, name: Any = None):
        self.project, self.name = project, name or "nabi"
        self.id, self.url, self.dir = "nabi", "", "."
        self.config, self.summary, self.history = config, summary, []

    def log(self, data: Any, step: Any = None, *more: Any, **options: Any) -> None:
        """Keeps numbers."""
        self.history.append(dict(data))
        self.summary.update(data)

    def log_artifact(self, *values: Any, **options: Any) -> None:
        """Accepted; nothing is sent."""

    finish = save = watch = log_code = alert = define_metric = log_artifact

    def __enter__(self) -> "Run":
        return self

    def __exit__(self, *error: Any) -> None:
        """Accepted."""


class Place:
    """The run of now, and settings that a search gives."""

    run: Run | None = None
    first: dict[str, Any] = {}


def init(project: Any = None, entity: Any = None, config: Any = None, name: Any = None, **options: Any) -> Run:
    """Begins a run in memory."""
    note("wandb", "wandb is not installed: numbers are kept in memory and nothing is sent; nabi runs shows the runs.")
    Place.run = Run(project, name)
    Place.run.config.clear()
    Place.run.summary.clear()
    Place.run.config.update(config or {}, Place.first)
    return Place.run


def __getattr__(name: str) -> Any:
    if name == "run":
        return Place.run
    raise AttributeError(name)


def log(data: Any, *more: Any, **options: Any) -> None:
    """Keeps numbers in the run of now."""
    (Place.run or init()).log(data)


def login(*values: Any, **options: Any) -> bool:
    """Accepted; nothing is sent."""
    return True


def nothing(*values: Any, **options: Any) -> None:
    """Accepted; nothing is sent."""


finish = join = save = watch = log_artifact = nothing


def sweep(sweep: Any = None, *values: Any, **options: Any) -> Any:
    """A search as `agent` takes it: its settings."""
    return sweep


def agent(sweep_id: Any, function: Any = None, count: Any = None, **options: Any) -> None:
    """Runs the function once, with the first value of each parameter of the search as settings."""
    note("wandb.agent", "wandb.agent: no server draws parameters here; the function runs once, with the first value of each.")
    given = (sweep_id or {}).get("parameters", {}) if isinstance(sweep_id, dict) else {}
    first = {name: one["value"] if "value" in one else one["values"][0] if "values" in one else one.get("min")
             for name, one in given.items()}
    Place.first = first
    try:
        function()
    finally:
        Place.first = {}


class WandbCallback(Callback):
    """Keeps each epoch's logs in the run of now.

    Args:
        options: accepted.
    """

    def __init__(self, *values: Any, **options: Any):
        super().__init__()

    def on_epoch_end(self, epoch, logs=None):
        log({"epoch": epoch} | dict(logs or {}))


WandbMetricsLogger = WandbEvalCallback = WandbCallback


class WandbModelCheckpoint(ModelCheckpoint):
    """Keras' ModelCheckpoint."""


class Kept:
    """A picture, table or histogram that would be sent: kept.

    Args:
        values, options: whatever it was called with.
    """

    def __init__(self, *values: Any, **options: Any):
        self.values, self.options = values, options

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return nothing


Image = Histogram = Table = Video = Audio = Html = Artifact = Settings = Api = Kept
sklearn = plot = Kept()
