"""Masks that are inputs of a model: `GRU(5)(x, mask=mask)`, by hand and through files of both sides."""

import json
import zipfile

import numpy as np


def test_masks_given_as_symbols(served, tmp_path):
    """Keras 3.15's numbers on torch; its files note the mask with the call that reads it."""
    import keras
    from keras import layers

    draw = np.random.RandomState(0)
    x, mask = keras.Input((6, 4)), keras.Input((6,), dtype="bool")
    last = layers.GRU(3)(layers.GRU(5, return_sequences=True)(x, mask=mask))
    mean, both = layers.GlobalAveragePooling1D()(x, mask=mask), layers.Bidirectional(layers.LSTM(2))(x, mask=mask)
    model = keras.Model([x, mask], layers.Concatenate()([last, mean, both]))
    model.set_weights([draw.randn(*w.shape) for w in model.get_weights()])
    given = [draw.randn(2, 6, 4).astype("float32"), np.array([[1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 1, 0]], bool)]
    found = model.predict(given, verbose=0)
    wanted = [0.3142, -0.3567, -0.9198, -0.298, 0.4057, -0.9827, 0.041, -0.2543, 0.0981, 0.1677, -0.0163]
    assert np.abs(found[0] - wanted).max() < 1e-4
    for ending in ("keras", "h5"):
        model.save(tmp_path / f"m.{ending}")
        assert np.array_equal(keras.models.load_model(tmp_path / f"m.{ending}").predict(given, verbose=0), found)
    with zipfile.ZipFile(tmp_path / "m.keras") as archive:
        entries = json.loads(archive.read("config.json"))["config"]["layers"]
    readers = [entry["class_name"] for entry in entries for call in entry["inbound_nodes"] if "mask" in call["kwargs"]]
    assert sorted(readers) == ["Bidirectional", "GRU", "GlobalAveragePooling1D"]
    assert "GivenMask" not in {entry["class_name"] for entry in entries}
    twin = keras.models.clone_model(model)
    twin.set_weights(model.get_weights())
    assert np.array_equal(twin.predict(given, verbose=0), found)
