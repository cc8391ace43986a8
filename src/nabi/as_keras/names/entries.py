"""Config: `keras.utils.Config`: values under names, read as attributes or entries, which can be frozen.

    config = keras.utils.Config(rate=0.1);  config.units = 8;  config.freeze()
"""

import json
from typing import Any

from nabi.core.errors import StateError, did_you_mean


class Config(dict):
    """A dict whose entries are attributes, too.

    Args:
        values: its entries.

    Example:
        >>> config = Config(rate=0.1)
        >>> config.units = 8
        >>> config["units"], config.rate, sorted(config.as_dict())
        (8, 0.1, ['rate', 'units'])
    """

    def __init__(self, **values: Any):
        super().__init__(values)
        object.__setattr__(self, "frozen", False)

    def freeze(self) -> None:
        """From now on it does not change."""
        object.__setattr__(self, "frozen", True)

    def unfreeze(self) -> None:
        """It may change again."""
        object.__setattr__(self, "frozen", False)

    def as_dict(self) -> dict[str, Any]:
        """A copy as a plain dict."""
        return dict(self)

    def to_json(self) -> str:
        """Its entries as JSON."""
        return json.dumps(self)

    def changing(self) -> None:
        """Raises StateError where it is frozen."""
        if self.frozen:
            raise StateError("Config", "one that is not frozen", "a frozen one", "Call unfreeze() first.")

    def __getattr__(self, name: str) -> Any:
        if name in self:
            return self[name]
        raise AttributeError(f"Config has no entry '{name}'. {did_you_mean(name, list(self))}")

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __setitem__(self, name: str, value: Any) -> None:
        self.changing()
        super().__setitem__(name, value)

    def __delitem__(self, name: str) -> None:
        self.changing()
        super().__delitem__(name)

    def pop(self, *args: Any) -> Any:
        """Takes an entry out."""
        self.changing()
        return super().pop(*args)

    def update(self, *args: Any, **values: Any) -> None:
        """Takes several entries in."""
        self.changing()
        super().update(*args, **values)
