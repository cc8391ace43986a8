"""Config: the few settings that hold for a whole program.

    nabi.config.precision = "float32"     # no bfloat16 anywhere, unless compile(precision=...) says otherwise
"""

from dataclasses import dataclass

from nabi.core.errors import ArgumentError

PRECISIONS = ("auto", "float32", "float64", "bfloat16")


@dataclass
class Config:
    """Program-wide settings.

    Attributes:
        precision: default of `compile(precision=...)`: "auto", "float32", "float64" or "bfloat16".
        floatx: dtype in which weights are created, "float32" or "float64".
        epsilon: the small number of Keras' losses (clipping of probabilities), 1e-7.
    """

    precision: str = "auto"
    floatx: str = "float32"
    epsilon: float = 1e-7

    def __setattr__(self, name, value):
        allowed = {"precision": PRECISIONS, "floatx": ("float32", "float64")}.get(name)
        if allowed and value not in allowed:
            raise ArgumentError(f"nabi.config.{name}", f"one of {', '.join(allowed)}", repr(value))
        super().__setattr__(name, value)


config = Config()
