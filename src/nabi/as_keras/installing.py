"""Installing: the finder and the translations, put in place together and taken out together.

This is the one file with a state of the process: whether nabi plays Keras, and what has to be undone then.
"""

from typing import Any

from nabi.as_keras import notes
from nabi.as_keras.dressing.any_labels import PENDING
from nabi.as_keras.names import remembering
from nabi.as_keras.names.modules import Finder
from nabi.as_keras.patches import Patches
from nabi.as_keras.scripts.pictures import saving_plot
from nabi.callbacks import History
from nabi.core.registry import TABLE
from nabi.layers.names import members
from nabi.models.given_masks import GivenMask

_finder: Finder | None = None
_old: Any = None
_companions: Any = None
_patches = Patches()
_late: dict[str, dict[str, Any]] = {"layer": {"GivenMask": GivenMask}}


def installed() -> bool:
    """Whether `import keras` gives nabi now."""
    return _finder is not None


def install_as_keras() -> None:
    """From now on `keras`, `tensorflow`, `tf_keras` and everything below them are served by nabi, even where the real ones are
    installed; those that were imported before stay with who holds them. A second call changes nothing.

    Example:
        >>> install_as_keras()
        >>> from keras.layers.core import Dense
        >>> import nabi
        >>> Dense is nabi.layers.Dense
        True
        >>> uninstall_as_keras()
    """
    global _finder, _old, _companions
    if _finder is None:
        from nabi.as_keras.companions.finder import Companions
        from nabi.as_keras.dressing.attributes import dress_attributes
        from nabi.as_keras.dressing.conforming import dress_shapes
        from nabi.as_keras.dressing.direct import dress_direct
        from nabi.as_keras.dressing.lambdas import dress_readers
        from nabi.as_keras.dressing.large_constants import dress_constants
        from nabi.as_keras.dressing.own_optimizers import dress_own_optimizers
        from nabi.as_keras.dressing.sets import dress_sets
        from nabi.as_keras.dressing.shapes_of_layers import dress_layer_shapes
        from nabi.as_keras.dressing.translating import dress
        from nabi.as_keras.dressing.watching import dress_lambdas
        from nabi.as_keras.dressing.words_of_layers import dress_words
        from nabi.as_keras.dressing.words_of_pieces import dress_pieces
        from nabi.as_keras.layers.texts import dress_texts
        from nabi.as_keras.libraries.old_libraries import OldLibraries
        from nabi.as_keras.scripts.looping import dress_loops

        dress(_patches)
        dress_shapes(_patches)
        dress_layer_shapes(_patches)
        dress_lambdas(_patches)
        dress_readers(_patches)
        dress_constants(_patches)
        dress_attributes(_patches)
        dress_words(_patches)
        dress_pieces(_patches)
        dress_own_optimizers(_patches)
        dress_direct(_patches)
        dress_texts(_patches)
        dress_sets(_patches)
        dress_loops(_patches)
        _patches.around(History, "plot", saving_plot)
        _old = OldLibraries(_patches)
        _old.install()
        _finder = Finder()
        _finder.install()
        _companions = Companions()
        _companions.install()
        members.cache_clear()  # weights listed by a layer can be set now
        for kind, entries in _late.items():
            put_in(kind, entries)


def enter(kind: str, entries: dict[str, Any]) -> None:
    """Makes things of a module that is loaded late known by name, as long as nabi plays Keras."""
    _late.setdefault(kind, {}).update(entries)
    if installed():
        put_in(kind, entries)


def put_in(kind: str, entries: dict[str, Any]) -> None:
    """Enters them now; layers among them take old arguments and the program's order of axes."""
    from nabi.as_keras.dressing.old import LAYERS
    from nabi.as_keras.dressing.translating import dress_constructors

    _patches.into(TABLE[kind], entries)
    if kind == "layer":
        dress_constructors(_patches, entries, LAYERS)


def uninstall_as_keras() -> None:
    """Undoes `install_as_keras`."""
    global _finder, _old, _companions
    if _finder is not None:
        _finder.remove()
        _companions.remove()
        if _old is not None:
            _old.remove()
        _patches.undo()
        members.cache_clear()
        notes.forget()
        remembering.forget()
        PENDING.clear()
        _finder = None
