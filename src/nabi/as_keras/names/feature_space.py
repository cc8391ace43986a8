"""Feature space: `keras.utils.FeatureSpace`: the columns of a table, each made ready in its own way, and put side by side.

    space = FeatureSpace({"age": FeatureSpace.float_discretized(30), "sex": "string_categorical"}, output_mode="concat")
    space.adapt(stream_of_dicts);  rows = stream_of_dicts.map(space)

A feature goes through a preprocessing layer that `adapt` teaches; what is whole numbers then becomes columns for "concat".
Source: Keras 3, layers/preprocessing/feature_space.py: names, arguments, defaults and the order of features (by name).
"""

from typing import Any

import numpy as np
import torch

from nabi.as_keras.layers.columns import columns
from nabi.as_keras.layers.lookups import Discretization, HashedCrossing, Hashing, IntegerLookup, StringLookup
from nabi.as_keras.layers.texts import TextLayer, is_text, texts_of
from nabi.core.errors import ArgumentError, DataError, StateError, did_you_mean
from nabi.data import Dataset, Strings
from nabi.layers import Input, Layer, Normalization, Rescaling

__all__ = ["FeatureSpace"]


class Feature:
    """How a column is made ready.

    Args:
        dtype: "float32", "int64" or "string".
        preprocessor: a layer, None for none.
        output_mode: "float", "int" or "one_hot".
    """

    def __init__(self, dtype: str, preprocessor: Any, output_mode: str):
        self.dtype, self.preprocessor, self.output_mode = dtype, preprocessor, output_mode
        self.name = ""


class Cross:
    """Columns that are hashed together.

    Args:
        feature_names: theirs. crossing_dim: how many bins. output_mode: "int" or "one_hot".
    """

    def __init__(self, feature_names: Any, crossing_dim: int, output_mode: str = "one_hot"):
        self.feature_names, self.crossing_dim, self.output_mode = tuple(feature_names), int(crossing_dim), output_mode
        self.name = "_X_".join(self.feature_names)


class Encoder(TextLayer):
    """Columns side by side, as a layer of a model: it reads one column each.

    Args:
        space: the space.
    """

    takes_list = True

    def __init__(self, space: Any, **base):
        super().__init__(**base)
        self.space = space

    def __call__(self, inputs, *args, **options):
        return Layer.__call__(self, inputs)

    def call(self, x):
        found = {name: texts_of(one) if self.space.features[name].dtype == "string" else one
                 for name, one in zip(self.space.features, x, strict=True)}
        return self.space(found)

    def compute_output_shape(self, input_shape):
        return (input_shape[0][0], self.space.width)


class FeatureSpace:
    """Makes the columns of a table ready: numbers normalized or in bins, categories as columns, pairs of them crossed.

    Args:
        features: {name: how}, a `FeatureSpace.float_normalized()` or its name.
        output_mode: "concat" for one array, "dict" for one a feature.
        crosses: `FeatureSpace.cross(...)`, or tuples of names.
        crossing_dim: bins of crosses that are given as tuples.
        hashing_dim: bins of hashed features that are given by name.
        num_discretization_bins: bins of discretized features that are given by name.
        name: kept.

    Example:
        >>> space = FeatureSpace({"age": "float", "sex": FeatureSpace.string_categorical(num_oov_indices=0)})
        >>> table = {"age": np.array([30.0, 40.0]), "sex": np.array(["f", "m"])}
        >>> space.adapt(Dataset.from_tensor_slices(table))
        >>> space(table).tolist()
        [[30.0, 0.0, 1.0], [40.0, 1.0, 0.0]]

    Raises ArgumentError.
    """

    def __init__(self, features: dict[str, Any], output_mode: str = "concat", crosses: Any = None, crossing_dim: int = 32,
                 hashing_dim: int = 32, num_discretization_bins: int = 32, name: str | None = None):
        if not features:
            raise ArgumentError("FeatureSpace(features)", "at least one feature", "none")
        if output_mode not in ("concat", "dict"):
            raise ArgumentError("FeatureSpace(output_mode)", "'concat' or 'dict'", repr(output_mode))
        self.name, self.output_mode = name or "feature_space", output_mode
        self.crossing_dim, self.hashing_dim, self.num_discretization_bins = crossing_dim, hashing_dim, num_discretization_bins
        self.features = {key: self._feature(key, features[key]) for key in sorted(features)}
        given = [one if isinstance(one, Cross) else Cross(one, crossing_dim) for one in crosses or ()]
        self.crosses = sorted(given, key=lambda one: one.name)
        for cross in self.crosses:
            for key in cross.feature_names:
                if key not in self.features:
                    raise ArgumentError("FeatureSpace(crosses)", "names of features", repr(key),
                                        did_you_mean(key, list(self.features)))
        self.crossers = {cross.name: HashedCrossing(cross.crossing_dim) for cross in self.crosses}
        self.adapted = False

    def _feature(self, name: str, given: Any) -> Feature:
        """What is given for a feature; a name stands for a function with its defaults."""
        more = {"float_discretized": {"num_bins": self.num_discretization_bins},
                "integer_hashed": {"num_bins": self.hashing_dim}, "string_hashed": {"num_bins": self.hashing_dim}}
        if isinstance(given, str):
            made = getattr(type(self), given, None) if given in KINDS else None
            if made is None:
                raise ArgumentError(f"FeatureSpace(features), {name!r}", f"one of {', '.join(KINDS)}", repr(given),
                                    did_you_mean(given, list(KINDS)))
            given = made(**more.get(given, {}))
        if not isinstance(given, Feature):
            raise ArgumentError(f"FeatureSpace(features), {name!r}", "FeatureSpace.float() or its like", repr(given))
        given.name = name
        return given

    # Kinds of features ------------------------------------------------------------------------------------------------

    @classmethod
    def cross(cls, feature_names: Any, crossing_dim: int, output_mode: str = "one_hot") -> Cross:
        """Features hashed together into `crossing_dim` bins."""
        return Cross(feature_names, crossing_dim, output_mode)

    @classmethod
    def feature(cls, dtype: str, preprocessor: Any, output_mode: str) -> Feature:
        """A feature with a layer or function of one's own."""
        return Feature(dtype, preprocessor, output_mode)

    @classmethod
    def float(cls, name: Any = None) -> Feature:
        """A number as it is."""
        return Feature("float32", None, "float")

    @classmethod
    def float_rescaled(cls, scale: Any = 1.0, offset: Any = 0.0, name: Any = None) -> Feature:
        """scale * x + offset."""
        return Feature("float32", Rescaling(scale, offset), "float")

    @classmethod
    def float_normalized(cls, name: Any = None) -> Feature:
        """(x - mean) / deviation, which `adapt` learns."""
        return Feature("float32", Normalization(axis=None), "float")  # type: ignore[arg-type]

    @classmethod
    def float_discretized(cls, num_bins: Any, bin_boundaries: Any = None, output_mode: str = "one_hot",
                          name: Any = None) -> Feature:
        """The number of a bin; boundaries are learned where there are none."""
        return Feature("float32", Discretization(bin_boundaries, None if bin_boundaries is not None else num_bins), output_mode)

    @classmethod
    def integer_categorical(cls, max_tokens: Any = None, num_oov_indices: int = 1, output_mode: str = "one_hot",
                            name: Any = None) -> Feature:
        """Whole numbers that stand for categories."""
        return Feature("int64", IntegerLookup(max_tokens, num_oov_indices), output_mode)

    @classmethod
    def string_categorical(cls, max_tokens: Any = None, num_oov_indices: int = 1, output_mode: str = "one_hot",
                           name: Any = None) -> Feature:
        """Texts that stand for categories."""
        return Feature("string", StringLookup(max_tokens, num_oov_indices), output_mode)

    @classmethod
    def string_hashed(cls, num_bins: int, output_mode: str = "one_hot", name: Any = None) -> Feature:
        """Texts hashed into bins."""
        return Feature("string", Hashing(num_bins), output_mode)

    @classmethod
    def integer_hashed(cls, num_bins: int, output_mode: str = "one_hot", name: Any = None) -> Feature:
        """Whole numbers hashed into bins."""
        return Feature("int64", Hashing(num_bins), output_mode)

    # Learning and using -----------------------------------------------------------------------------------------------

    def adapt(self, dataset: Any) -> None:
        """Teaches the layers of features: a stream of dicts, single rows or batches.

        Raises ArgumentError for anything else.
        """
        if not isinstance(dataset, Dataset):
            raise ArgumentError("FeatureSpace.adapt(dataset)", "a tf.data.Dataset of dicts", f"a {type(dataset).__name__}",
                                "Write tf.data.Dataset.from_tensor_slices(dict(frame)).")
        found: dict[str, list] = {name: [] for name in self.features}
        for row in dataset:
            for name, parts in found.items():
                parts.append(values_of(row[name]).reshape(-1))
        for name, feature in self.features.items():
            if hasattr(feature.preprocessor, "adapt") and getattr(feature.preprocessor, "bin_boundaries", None) is None:
                feature.preprocessor.adapt(np.concatenate(found[name]))
        self.adapted = True

    def __call__(self, data: Any) -> Any:
        """The columns of a row, or of a batch of rows, as one array (N, width), or as a dict.

        Raises StateError before `adapt`, where a layer has to learn. DataError where a feature is missing.
        """
        if not self.adapted and any(learns(feature) for feature in self.features.values()):
            raise StateError("FeatureSpace", "features that have been learned", "a new space", "Call adapt(dataset) first.")
        missing = [name for name in self.features if name not in data]
        if missing:
            raise DataError("FeatureSpace", f"the features {', '.join(self.features)}", f"none named {', '.join(missing)}")
        given = {name: values_of(data[name]) for name in self.features}
        single = all(not np.ndim(one) for one in given.values())
        given = {name: one.reshape(-1, 1) if np.ndim(one) < 2 else one for name, one in given.items()}
        made = {name: self._made(feature, given[name]) for name, feature in self.features.items()}
        for cross in self.crosses:
            numbers = self.crossers[cross.name]([given[name] for name in cross.feature_names])
            made[cross.name] = self._ready(numbers, cross.output_mode, cross.crossing_dim, cross.name)
        if self.output_mode == "dict":
            return {name: one[0] if single else one for name, one in made.items()}
        whole = torch.cat([one.float() for one in made.values()], -1)
        return whole[0] if single else whole

    def _made(self, feature: Feature, values: Any) -> Any:
        """One feature's columns."""
        x: Any = Strings(values) if feature.dtype == "string" else torch.as_tensor(values)
        x = x.float() if feature.dtype == "float32" else x
        numbers = x if feature.preprocessor is None else feature.preprocessor(x)
        return self._ready(numbers, feature.output_mode, size_of(feature), feature.name)

    def _ready(self, numbers: Any, mode: str, size: int | None, name: str) -> Any:
        """Numbers in a feature's output mode."""
        if mode == "one_hot" and size is None:
            raise ArgumentError(f"FeatureSpace, feature {name!r}", "a layer that knows how many numbers there are", "another",
                                "Write output_mode='float' or 'int'.")
        return columns(numbers, size or 0, "one_hot") if mode == "one_hot" else numbers

    @property
    def width(self) -> int:
        """How many columns `concat` gives."""
        sizes = [size_of(one) or 1 if one.output_mode == "one_hot" else 1 for one in self.features.values()]
        return sum(sizes) + sum(one.crossing_dim if one.output_mode == "one_hot" else 1 for one in self.crosses)

    def get_inputs(self) -> dict[str, Any]:
        """The inputs of a model that reads the table as it is."""
        if "inputs" not in self.__dict__:
            self.inputs = {name: Input((1,), dtype=one.dtype, name=name) for name, one in self.features.items()}
        return self.inputs

    def get_encoded_features(self) -> Any:
        """The symbol that a model begins with which reads what the space made: `Model(encoded, network(encoded))`.

        `Model(space.get_inputs(), network(encoded))` reads the table as it is.
        Raises StateError before `adapt`; for output_mode="dict".
        """
        if not self.adapted or self.output_mode == "dict":
            raise StateError("FeatureSpace.get_encoded_features", "an adapted space with output_mode='concat'",
                             "one before adapt" if not self.adapted else "output_mode='dict'")
        if "encoded" not in self.__dict__:
            self.encoded = Encoder(self)(list(self.get_inputs().values()))
        return self.encoded


KINDS = ("float", "float_rescaled", "float_normalized", "float_discretized", "integer_categorical", "string_categorical",
         "integer_hashed", "string_hashed")


def values_of(x: Any) -> np.ndarray:
    """Numbers or texts as an array of NumPy's."""
    if isinstance(x, torch.Tensor):
        return x.detach().cpu().numpy()
    return np.asarray(Strings(x).values) if is_text(x) else np.asarray(x)


def size_of(feature: Feature) -> int | None:
    """How many numbers a feature's layer gives."""
    layer = feature.preprocessor
    if isinstance(layer, Discretization):
        return len(layer.bin_boundaries or ()) + 1
    if isinstance(layer, Hashing):
        return layer.num_bins
    return layer.vocabulary_size() if hasattr(layer, "vocabulary_size") else None


def learns(feature: Feature) -> bool:
    """Whether `adapt` has to teach it something."""
    layer = feature.preprocessor
    return isinstance(layer, (Normalization, IntegerLookup, StringLookup)) or (
        isinstance(layer, Discretization) and layer.bin_boundaries is None)
