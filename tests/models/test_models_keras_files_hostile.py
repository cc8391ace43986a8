"""Keras' files that are damaged or hostile: always one FileError, nothing run, no memory taken beyond the file."""

import io
import json
import resource
import zipfile

import h5py
import numpy as np
import pytest

import nabi
from nabi.core.errors import FileError


def net():
    return nabi.Sequential([nabi.Input((4,)), nabi.layers.Dense(3, name="a"), nabi.layers.Dense(2, name="b")])


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """{ending: bytes} of a model's files."""
    folder, model = tmp_path_factory.mktemp("good"), net()
    model.compile("adam", "mse")
    model.fit(np.ones((2, 4)) * [[1], [2]], np.ones((2, 2)), verbose=0)
    for end in (".keras", ".h5"):
        model.save(folder / f"m{end}")
    model.save_weights(folder / "w.weights.h5")
    return {end: (folder / f"{'w' if 'w' in end else 'm'}{end}").read_bytes() for end in (".keras", ".h5", ".weights.h5")}


def zipped(data, change=None, **members):
    """A .keras file with its config changed, and with other members."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    config = json.loads(parts["config.json"])
    if change is not None:
        change(config)
        parts["config.json"] = json.dumps(config)
    parts.update(members)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name, part in parts.items():
            if part is not None:
                new.writestr(name, part)
    return out.getvalue()


def hdf5(data, change):
    """An .h5 file with a change."""
    buffer = io.BytesIO(data)
    with h5py.File(buffer, "r+") as file:
        change(file)
    return buffer.getvalue()


def in_zip(data, change):
    """A .keras file whose weights are changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        return zipped(data, **{"model.weights.h5": hdf5(old.read("model.weights.h5"), change)})


def refused(path, data, said):
    path.write_bytes(data)
    with pytest.raises(FileError, match=said) as caught:
        nabi.load_model(path)
    assert str(path) in str(caught.value)


def layer(config, number=1):
    return config["config"]["layers"][number]


def as_lambda(config):
    layer(config).update(
        class_name="Lambda",
        config={
            "name": "sly",
            "function": {"class_name": "__lambda__", "config": {"code": "4wEAAAA=", "defaults": None, "closure": None}},
        },
    )


CONFIGS = {
    "a Lambda": (as_lambda, r"Lambda 'sly'.*Python function.*never run.*custom_objects=\{'sly': function\}"),
    "code as activation": (
        lambda c: layer(c)["config"].update(activation={"class_name": "__lambda__", "config": {"code": "x"}}),
        "no code, got __lambda__",
    ),
    "a class of the user's": (
        lambda c: layer(c).update(class_name="Evil", registered_name="pkg>Evil", module="os"),
        r"Evil 'a'.*pkg>Evil.*custom_objects=\{'Evil': Evil\}",
    ),
    "a function of a module": (
        lambda c: layer(c)["config"].update(
            activation={"module": "os", "class_name": "function", "config": "system", "registered_name": "function"}
        ),
        "system",
    ),
    "another library's code": (lambda c: layer(c).update(class_name="TorchModuleWrapper"), "runs code of another library"),
    "a huge layer": (lambda c: layer(c)["config"].update(units=2**40), "as many numbers as the file holds"),
    "another width": (lambda c: layer(c)["config"].update(units=7), r"Dense 'a'|Dense 'b'"),
    "no layers": (lambda c: c["config"].pop("layers"), "configuration|layers"),
    "a list as config": (lambda c: c.update(config=[3]), "a layer with its class"),
    "quantized": (lambda c: layer(c)["config"].update(quantization_config={"a": 1}), "Dense 'a'.*quantized weights"),
    "unknown argument": (lambda c: layer(c)["config"].update(magic="black"), "Dense 'a'.*magic='black'"),
    "deep": (lambda c: layer(c)["config"].update(deep=json.loads("[" * 90 + "]" * 90)), "64 levels deep"),
    "integers": (lambda c: layer(c)["config"].update(dtype="complex64"), "floating-point dtype"),
    "a name that is none": (lambda c: layer(c)["config"].update(name=3), "name"),
}


@pytest.mark.parametrize("what", CONFIGS)
def test_configurations(what, good, tmp_path):
    change, said = CONFIGS[what]
    refused(tmp_path / "m.keras", zipped(good[".keras"], change), said)


def test_lambdas_run_only_what_is_passed_in(good, tmp_path):
    (tmp_path / "m.keras").write_bytes(zipped(good[".keras"], as_lambda, **{}))
    with pytest.raises(FileError, match="never run"):
        nabi.load_model(tmp_path / "m.keras", safe_mode=False)


ARCHIVES = {
    "path": ({"../evil.py": b"import os"}, "plain names in the archive"),
    "absolute": ({"/etc/evil": b"x"}, "plain names in the archive"),
    "no config": ({"config.json": None}, "config.json in the archive"),
    "no weights": ({"model.weights.h5": None}, "model.weights.h5 in the archive, got none"),
    "npz": ({"model.weights.h5": None, "model.weights.npz": b"x"}, "got as .npz. In Keras, load it"),
    "no JSON": ({"config.json": b"\x80\x04pickle"}, "expected JSON"),
    "a bomb": ({"model.weights.h5": bytes(80 * 2**20)}, "packed to fill the memory"),
    "a bomb of text": ({"config.json": b'"' + b" " * (65 * 2**20) + b'"'}, "packed to fill the memory"),
    "a pickle": ({"model.weights.h5": b"\x80\x04\x95"}, "HDF5"),
}


@pytest.mark.parametrize("what", ARCHIVES)
def test_archives(what, good, tmp_path):
    members, said = ARCHIVES[what]
    refused(tmp_path / "m.keras", zipped(good[".keras"], **members), said)
    assert [p.name for p in tmp_path.parent.rglob("evil*")] == []


def huge(group, name="0"):
    del group[name]
    group.create_dataset(name, shape=(2**20, 2**16), dtype="f4", chunks=(1024, 1024), compression="gzip")


def linked(file, group):
    del file[group]["0"]
    file[group]["0"] = h5py.ExternalLink("/etc/passwd", "/x")


def objects(group):
    del group["0"]
    group.create_dataset("0", data=np.array(["import os"], dtype=object), dtype=h5py.string_dtype())


def outside(group):
    del group["0"]
    group.create_dataset("0", shape=(4, 3), dtype="f4", external=[("/etc/hostname", 0, 48)])


def soft(group):
    del group["0"]
    group["0"] = h5py.SoftLink("/layers/dense_1/vars/0")


def replaced(group, value):
    del group["0"]
    group["0"] = value


A = "layers/dense/vars"
WEIGHTS = {
    "huge": (lambda f: huge(f[A]), "within the file's"),
    "an external link": (lambda f: linked(f, A), "the file itself"),
    "a soft link": (lambda f: soft(f[A]), "the file itself"),
    "objects": (lambda f: objects(f[A]), "expected numbers"),
    "numbers of another file": (lambda f: outside(f[A]), "numbers of other files"),
    "another shape": (lambda f: replaced(f[A], np.zeros((4, 4), "f4")), "Dense 'a'"),
    "nothing": (lambda f: f["layers"].pop("dense"), "Dense 'a'.*none"),
    "one array": (lambda f: f[A].pop("1"), r"2 arrays .*got 1"),
    "a group for an array": (lambda f: (f[A].pop("0"), f[A].create_group("0")), "an array, got a group"),
    "an array for a group": (lambda f: (f["layers"].pop("dense"), f["layers"].create_dataset("dense", data=1)), "Dense 'a'"),
}


def circles(file):
    file["layers/again"], file["layers/dense/up"] = file["layers"], file["/"]
    for number in range(1, 40):  # 2^40 ways to the last
        group = file.create_group(f"g{number}")
        group["a"] = group["b"] = file[f"g{number - 1}" if number > 1 else A]


def test_groups_that_lie_in_themselves_are_gone_through_once(good, tmp_path):
    path = tmp_path / "m.keras"
    path.write_bytes(in_zip(good[".keras"], circles))
    path.with_name("as_it_was.keras").write_bytes(good[".keras"])
    x = np.ones((2, 4))
    assert np.array_equal(nabi.load_model(path).predict(x), nabi.load_model(tmp_path / "as_it_was.keras").predict(x))


@pytest.mark.parametrize("what", WEIGHTS)
def test_arrays(what, good, tmp_path):
    change, said = WEIGHTS[what]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    path = tmp_path / "m.keras"
    path.write_bytes(in_zip(good[".keras"], change))
    with pytest.raises(FileError, match=said):
        nabi.load_model(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000, "kilobytes"


OLD = {
    "a link": (
        lambda f: (
            linked(f, "model_weights/a")
            if f["model_weights/a"].pop("a") is None
            else f["model_weights/a"].__setitem__("a", h5py.SoftLink("/model_weights/b/b"))
        ),
        "the file itself",
    ),
    "no names": (lambda f: f["model_weights"].attrs.pop("layer_names"), "layer_names"),
    "names of nothing": (lambda f: f["model_weights"].attrs.__setitem__("layer_names", [b"a", b"x"]), "layer 'x'"),
    "a way up": (
        lambda f: f["model_weights/a"].attrs.__setitem__("weight_names", [b"../../b", b"x"]),
        "names of groups and arrays",
    ),
    "numbers for names": (lambda f: f["model_weights"].attrs.__setitem__("layer_names", [1, 2]), "texts"),
    "no model": (lambda f: f.attrs.pop("model_config"), "weights alone"),
    "no JSON": (lambda f: f.attrs.__setitem__("model_config", "{'a'"), "expected JSON"),
    "a number for a text": (lambda f: f.attrs.__setitem__("model_config", 3), "a text"),
}


@pytest.mark.parametrize("what", OLD)
def test_older_files(what, good, tmp_path):
    change, said = OLD[what]
    refused(tmp_path / "m.h5", hdf5(good[".h5"], change), said)


def test_optimizers_that_do_not_fit_are_told(good, tmp_path):
    path = tmp_path / "m.h5"
    path.write_bytes(hdf5(good[".h5"], lambda f: f["optimizer_weights"].attrs.__setitem__("weight_names", [b"adam/iteration"])))
    with pytest.warns(UserWarning, match="begins anew: what the file remembers is of other weights"):
        assert nabi.load_model(path).optimizer.iterations == 0
    path.write_bytes(
        hdf5(
            good[".h5"],
            lambda f: f.attrs.__setitem__(
                "training_config", json.dumps({"loss": "my_loss", "optimizer_config": {"class_name": "Adam", "config": {}}})
            ),
        )
    )
    with pytest.warns(UserWarning, match="without its compile settings.*my_loss"):
        assert nabi.load_model(path).trainer is None


@pytest.mark.parametrize("end", [".keras", ".h5", ".weights.h5"])
def test_files_cut_short_or_with_flipped_bytes(end, good, tmp_path):
    data, path, r = good[end], tmp_path / f"m{end}", np.random.default_rng(0)
    model = net()

    def read():
        model.load_weights(path) if "weights" in end else nabi.load_model(path)

    for cut in (0, 3, 8, 100, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:cut])
        with pytest.raises(FileError, match=str(path)):
            read()
    for _ in range(10):
        broken = bytearray(data)
        for place in r.integers(0, len(data), 4):
            broken[place] ^= 1 << int(r.integers(8))
        path.write_bytes(broken)
        try:
            read()
        except (FileError, nabi.core.errors.ShapeError):
            pass


def test_what_is_no_file_of_keras(tmp_path):
    (tmp_path / "saved.h5").mkdir()
    (tmp_path / "t.keras").write_text("hello, this is a text")
    for name, said in (("saved.h5", "SavedModel folders"), ("gone.h5", "nothing there"), ("t.keras", "as Keras writes it")):
        with pytest.raises(FileError, match=said):
            nabi.load_model(tmp_path / name)
    with pytest.raises(FileError, match="a folder of that name"):
        net().save(tmp_path / "saved.h5")


def parts_of(tree, before=()):
    """The path of every part of a configuration."""
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in pairs:
        yield (*before, key)
        yield from parts_of(value, (*before, key))


STRANGE = [None, -1, 3, 2**40, 1e300, "x", "", [], {}, [1, [2]], {"class_name": 3}, {"class_name": "__tuple__"}, "os.system"]


@pytest.mark.filterwarnings("ignore")
def test_strange_values_anywhere_in_a_configuration_are_the_files_fault(good, tmp_path):
    r = np.random.default_rng(0)
    for _ in range(50):

        def change(config):
            paths = list(parts_of(config))
            *path, last = paths[r.integers(len(paths))]
            for step in path:
                config = config[step]
            config[last] = STRANGE[r.integers(len(STRANGE))]

        (tmp_path / "m.keras").write_bytes(zipped(good[".keras"], change))
        try:
            nabi.load_model(tmp_path / "m.keras")
        except FileError as error:
            assert "m.keras" in str(error)
