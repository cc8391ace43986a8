"""Zoo: networks by name."""

from nabi.core.errors import UnknownName, did_you_mean
from nabi.core.registry import lookup, names
from nabi.zoo.fast import fast_cnn
from nabi.zoo.fast_cifar import fast_cifar
from nabi.zoo.lecture import lecture_cnn, lecture_dense

__all__ = ["build", "fast_cifar", "fast_cnn", "lecture_cnn", "lecture_dense", "list_networks"]


def build(name: str, **options):
    """A network by its name: `build("lecture-cnn", classes=10)`; underscores and hyphens are the same.

    Example:
        >>> build("lecture-dense").count_params()
        407050

    Raises:
        UnknownName: no network of that name; the message offers the nearest one.
    """
    known = list_networks()
    if name.replace("_", "-") not in known:
        raise UnknownName("network", "a known network", repr(name), did_you_mean(name.replace("_", "-"), known))
    return lookup("network", name.replace("-", "_"))(**options)


def list_networks() -> list[str]:
    """Names of all networks."""
    return sorted({name.replace("_", "-") for name in names("network")})
