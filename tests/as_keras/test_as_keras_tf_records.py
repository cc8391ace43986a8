"""Streams of records, lines and tables, and what groups them: plain Python and published bytes as oracles."""

import gzip
import os
import struct
import zlib

import numpy as np
import pytest
import torch

from nabi.as_keras.tensorflow import compat, data, files, parsing, records, sparse, train
from nabi.callbacks import event_file
from nabi.core import checksums
from nabi.core.errors import ArgumentError, DataError, FileError
from nabi.data import Dataset, Strings
from nabi.data.structure import TensorSpec

PUBLISHED = (  # TensorFlow's tutorial "TFRecord and tf.train.Example"
    b"\nR\n\x14\n\x08feature2\x12\x08\n\x06\n\x04goat\n\x14\n\x08feature3\x12\x08\x12\x06\n\x04[\xd3|?"
    b"\n\x11\n\x08feature0\x12\x05\x1a\x03\n\x01\x00\n\x11\n\x08feature1\x12\x05\x1a\x03\n\x01\x04")
TEXTS = [[0], [1, 2, 3, 4], [5, 6, 7], [7, 8, 9, 10, 11], [13, 14, 15, 16, 19, 20], [21, 22]]


def plain(stream):
    return [each.tolist() if hasattr(each, "tolist") else each for each in stream.as_numpy_iterator()]


def test_examples_as_tensorflow_writes_them():
    found = train.Example.FromString(PUBLISHED)
    values = {name: getattr(one, one.WhichOneof("kind")).value for name, one in found.features.feature.items()}
    assert values == {"feature0": [0], "feature1": [4], "feature2": [b"goat"], "feature3": [float(np.float32(0.9876))]}
    assert len(found.SerializeToString()) == len(PUBLISHED)
    assert train.Example.FromString(found.SerializeToString()).SerializeToString() == found.SerializeToString()
    one = train.Example(features=train.Features(feature={"a": train.Feature(int64_list=train.Int64List(value=[1]))}))
    assert one.SerializeToString() == b"\n\x0c\n\n\n\x01a\x12\x05\x1a\x03\n\x01\x01"
    one.features.feature["a"].int64_list.value.extend([-5, 2**62])
    assert train.Example.FromString(one.SerializeToString()).features.feature["a"].int64_list.value == [1, -5, 2**62]
    unpacked = b"\n\x0d\n\x0b\n\x01a\x12\x06\x1a\x04\x08\x01\x08\x02"  # as older writers do
    assert train.Example.FromString(unpacked).features.feature["a"].int64_list.value == [1, 2]


@pytest.mark.parametrize("packing", [None, "GZIP", "ZLIB"])
def test_records_there_and_back(tmp_path, packing):
    path, rows = str(tmp_path / "a" / "b.tfrecord"), [(k, [k / 2, 1.0], b"text %d" % k) for k in range(-1, 4)]
    with files.TFRecordWriter(path, options=files.TFRecordOptions(packing)) as writer:
        for number, floats, text in rows:
            writer.write(train.Example(train.Features({
                "n": train.Feature(int64_list=train.Int64List(value=[number])),
                "f": train.Feature(float_list=train.FloatList(value=np.array(floats))),
                "t": train.Feature(bytes_list=train.BytesList(value=[text])),
                "v": train.Feature(int64_list=train.Int64List(value=range(number + 1)))})).SerializeToString())
    form = {"n": files.FixedLenFeature([], torch.int64), "f": files.FixedLenFeature([2], torch.float32),
            "t": files.FixedLenFeature((), "string"), "gone": files.FixedLenFeature([2], torch.float32, default_value=7.0),
            "v": files.VarLenFeature(torch.int64), "s": files.FixedLenSequenceFeature([], torch.int64, allow_missing=True)}
    stream = data.TFRecordDataset([path], compression_type=packing)
    one = list(stream.map(lambda record: files.parse_single_example(record, form)))
    assert [(int(e["n"]), e["f"].tolist(), e["t"].numpy()) for e in one] == rows
    assert one[0]["gone"].tolist() == [7, 7] and sparse.to_dense(one[3]["v"]).tolist() == [0, 1, 2]
    together = [next(iter(stream.batch(5).map(lambda records: files.parse_example(records, form)))),
                next(iter(stream.map(lambda record: files.parse_single_example(record, form)).batch(5)))]
    wanted = [list(range(k + 1)) + [-1] * (3 - k) for k in range(-1, 4)]
    assert all(sparse.to_dense(batch["v"], -1).tolist() == wanted for batch in together)
    assert together[0]["f"].tolist() == [floats for _, floats, _ in rows]
    dense = sparse.to_dense(together[0]["v"])
    assert torch.equal(sparse.to_dense(sparse.from_dense(dense)), dense)


def test_tensors_as_texts():
    for tensor in (torch.arange(6).reshape(2, 3), torch.tensor(1.5), torch.tensor([True, False])):
        assert torch.equal(files.parse_tensor(files.serialize_tensor(tensor), tensor.dtype), tensor)
    texts = Strings([["a", "한"]])
    assert bool((files.parse_tensor(files.serialize_tensor(texts), "string") == texts).all())
    made = b"\x08\x01\x12\x08\x12\x02\x08\x01\x12\x02\x08\x02\"\x08\x00\x00\x80?\x00\x00\x00@"  # TensorProto by hand: [[1, 2]]
    assert files.serialize_tensor([[np.float32(1), np.float32(2)]]).numpy() == made
    assert compat.as_bytes("a") == b"a" and compat.as_text(b"a") == compat.as_str_any(Strings("a")) == "a"


def test_hostile_records_are_refused(tmp_path):
    path = tmp_path / "bad"
    with files.TFRecordWriter(path) as writer:
        writer.write(b"whole")
    good = path.read_bytes()
    from nabi.callbacks.event_file import masked

    long = struct.pack("<Q", 2**40)
    for content in (good[:-6], b"\0" + good[1:], good[:14] + b"!" + good[15:],
                    good + b"rest", long + masked(long) + b"abc", os.urandom(40)):
        path.write_bytes(content)
        with pytest.raises(FileError, match="reading"):
            list(data.TFRecordDataset(str(path)))
    path.write_bytes(zlib.compress(good)[:-3])
    for packing in ("ZLIB", "GZIP"):
        with pytest.raises(FileError, match="reading"):
            list(data.TFRecordDataset(str(path), packing))
    for content in (b"\n\xff", b"\n\xff\xff\xff\xff\x7f", b"\x0b", b"\n\x05\n\x03\n\x01", b"\xff" * 20, b"\x00\x00",
                    b"\n\x0b\n\x09\n\x01a\x12\x04\x12\x02\n\x07"):
        with pytest.raises(FileError):
            train.Example.FromString(content)
    with pytest.raises(FileError, match="a file"):
        list(data.TFRecordDataset("nowhere"))
    for form in ({"gone": files.FixedLenFeature([], torch.int64)}, {"feature1": files.FixedLenFeature([], "string")},
                 {"feature1": files.FixedLenFeature([2], torch.int64)}):
        with pytest.raises(DataError, match="parse_single_example"):
            files.parse_single_example(PUBLISHED, form)
    with pytest.raises(DataError, match="numbers for shape"):
        files.parse_tensor(b"\x08\x01\x12\x08\x12\x02\x08\x7f\x12\x02\x08\x7f", torch.float32)


def test_tables(tmp_path):
    path = str(tmp_path / "t.csv")
    with open(path, "w") as file:
        file.write('sex,age,"n, of",survived\nmale,22.5,1,0\nfemale,,,1\n"a ""b""",26,3000000000,1\n')
    read = data.make_csv_dataset(path, 2, label_name="survived", num_epochs=1, shuffle=False)
    (first, labels), (second, _) = read
    assert first["sex"].numpy().tolist() == [b"male", b"female"] and first["age"].tolist() == [22.5, 0.0]
    assert second["sex"].numpy().tolist() == [b'a "b"'] and second["n, of"].tolist() == [3000000000]
    assert (labels.dtype, first["n, of"].dtype, first["age"].dtype) == (torch.int32, torch.int64, torch.float32)
    seen = [next(iter(data.make_csv_dataset(path, 2, select_columns=["age"], column_defaults=[-1.0]))) for _ in range(2)]
    assert all(set(one) == {"age"} and len(one["age"]) == 2 for one in seen)
    rows = list(data.CsvDataset([path], ["none", torch.tensor([9.0])], header=True, select_cols=[0, 1]))
    assert [float(row[1]) for row in rows] == [22.5, 9.0, 26.0] and str(rows[1][0]) == "female"
    lines = data.TextLineDataset(path).skip(1).map(lambda line: files.decode_csv(line, [[""], [0.0], [0.0], [0]]))
    assert [float(age) for _, age, _, _ in lines] == [22.5, 0.0, 26.0]
    assert [column.tolist() for column in files.decode_csv(Strings(["1;2", "3;4"]), [[0], [0.0]], field_delim=";")] == [
        [1, 3], [2.0, 4.0]]
    for call, error in ((lambda: data.make_csv_dataset(path, 2, label_name="surived"), ArgumentError),
                        (lambda: data.make_csv_dataset(str(tmp_path / "x*"), 2), ArgumentError),
                        (lambda: list(data.CsvDataset(path, [torch.float32], header=True, select_cols=[1])), DataError),
                        (lambda: files.decode_csv("a,b", [[0.0]]), ArgumentError),
                        (lambda: files.decode_csv("3000000000", [[0]]), DataError),
                        (lambda: files.decode_csv("a", [[0.0]]), DataError)):
        with pytest.raises(error, match="expected .* got"):
            call()
    packed = str(tmp_path / "l.gz")
    with gzip.open(packed, "wt") as file:
        file.write("a\r\nb\n")
    assert plain(data.TextLineDataset(packed, compression_type="GZIP")) == [b"a", b"b"]
    names = Dataset.from_tensor_slices([path, path])
    assert len(list(names.flat_map(data.TextLineDataset))) == len(list(data.TextLineDataset(names))) == 8
    assert plain(data.FixedLengthRecordDataset(path, 3, header_bytes=4))[:2] == [b"age", b',"n']


def test_groups():
    texts = Dataset.from_generator(lambda: TEXTS, torch.int64, output_shapes=[None])
    buckets = texts.bucket_by_sequence_length(lambda text: len(text), [3, 5], [2, 2, 2])
    assert plain(buckets) == [[[1, 2, 3, 4], [5, 6, 7, 0]], [[7, 8, 9, 10, 11, 0], [13, 14, 15, 16, 19, 20]], [[0, 0], [21, 22]]]
    edged = texts.take(3).apply(data.bucket_by_sequence_length(len, [3, 5], [2, 2, 2], padding_values=-1,
                                                               pad_to_bucket_boundary=True))
    assert plain(edged) == [[[1, 2, 3, 4], [5, 6, 7, -1]], [[0, -1]]]
    pairs = Dataset.from_generator(lambda: ((text, k) for k, text in enumerate(TEXTS)), (torch.int64, torch.int32))
    found = pairs.bucket_by_sequence_length(lambda text, k: text.shape[0], [4], [3, 3], pad_to_bucket_boundary=False)
    assert [(x.shape[1], y.tolist()) for x, y in found] == [(6, [1, 3, 4]), (3, [0, 2, 5])]
    odd = Dataset.range(7).group_by_window(lambda n: n % 2, lambda key, group: group.batch(2), 2)
    assert plain(odd) == [[0, 2], [1, 3], [4, 6], [5]]
    assert plain(Dataset.range(7).batch(3).rebatch(2)) == [[0, 1], [2, 3], [4, 5], [6]]
    assert plain(Dataset.range(8).batch(4).rebatch([2, 1, 1])) == [[0, 1], [2], [3], [4, 5], [6], [7]]
    assert plain(Dataset.range(8).batch(4).rebatch([3, 3], drop_remainder=True)) == [[0, 1, 2], [3, 4, 5]]
    both = [Dataset.from_tensors(0).repeat(), Dataset.from_tensors(1).repeat()]
    assert plain(Dataset.choose_from_datasets(both, Dataset.range(2).repeat(2))) == [0, 1, 0, 1]
    assert len(plain(Dataset.sample_from_datasets(both, [0.5, 0.5], seed=1).take(9))) == 9
    assert plain(Dataset.counter(5, 2).take(3)) == [5, 7, 9] and plain(data.Counter(5).take(2)) == [5, 6]
    assert plain(Dataset.random(seed=4).take(70)) == plain(data.RandomDataset(4).take(70))
    assert int(iter(Dataset.range(3).skip(1)).get_next()) == 1 and int(data.get_single_element(Dataset.range(1))) == 0
    assert plain(Dataset.range(3).map(lambda n: [n, n + 1])) == [(0, 1), (1, 2), (2, 3)], "a list of tensors is a tuple"
    spec = TensorSpec((None,), torch.int64)
    assert Dataset.from_generator(lambda: TEXTS, output_signature=spec).element_spec == spec
    for call in (lambda: texts.bucket_by_sequence_length(len, [3], [2]), lambda: texts.group_by_window(len, len),
                 lambda: list(texts.bucket_by_sequence_length(len, [3], [2, 2], pad_to_bucket_boundary=True))):
        with pytest.raises(ArgumentError, match="expected .* got"):
            call()


def test_streams_as_folders(tmp_path):
    folder, texts = tmp_path / "kept", ["a", "한글", ""]
    elements = [({"x": torch.full((k, 2), float(k)), "t": Strings(texts[k])}, torch.tensor(k)) for k in range(3)]
    Dataset.from_generator(lambda: iter(elements)).save(str(folder))
    again = data.load(str(folder))
    assert len(again) == 3
    for (x, y), (found, number) in zip(elements, again, strict=True):
        assert torch.equal(found["x"], x["x"]) and bool(found["t"] == x["t"]) and torch.equal(number, y)
    data.save(Dataset.from_tensor_slices(texts).batch(2), folder)
    assert [part.numpy().tolist() for part in Dataset.load(folder)] == [[b"a", "한글".encode()], [b""]]
    (folder / "form.json").write_text('{"count": 1, "form": [{"tuple": [0, 7]}]}')
    with pytest.raises(FileError, match="arrays of numbers"):
        list(Dataset.load(folder))
    np.savez(folder / "elements.npz", **{"0-0": np.array([{}], object)})
    with pytest.raises(FileError, match="arrays of numbers"):
        list(Dataset.load(folder))
    for content in ("{", '{"count": 5, "form": [0]}', '{"count": "x"}'):
        (folder / "form.json").write_text(content)
        with pytest.raises(FileError, match="expected .* got"):
            Dataset.load(folder)
    with pytest.raises(FileError, match="a folder that Dataset.save wrote"):
        Dataset.load("nowhere")


def test_broken_on_purpose():
    """A varint read with 8 bits a piece, and groups that are not flushed by key, give other numbers."""
    assert parsing.varint(300) != bytes([300 & 0xFF, 300 >> 8])
    unflushed = [[0, 2], [1, 3], [4, 6]]
    assert plain(Dataset.range(7).group_by_window(lambda n: n % 2, lambda key, group: group.batch(2), 2)) != unflushed


@pytest.mark.parametrize("packing", ["GZIP", "ZLIB"])
def test_packed_files_that_fill_the_memory(tmp_path, monkeypatch, packing):
    """Ten million zeros in some ten kilobytes, behind a true length: refused before they are there."""
    monkeypatch.setattr(records, "MOST", 10**5)
    size = struct.pack("<Q", 10**7)
    bomb = size + event_file.masked(size) + bytes(10**7)
    path = tmp_path / "bomb"
    path.write_bytes(zlib.compress(bomb) if packing == "ZLIB" else gzip.compress(bomb))
    for kind, more in ((data.TFRecordDataset, ()), (data.TextLineDataset, ()), (data.FixedLengthRecordDataset, (100,))):
        with pytest.raises(FileError, match="at most"):
            next(iter(kind(str(path), *more, compression_type=packing)))


def test_checksums_of_any_length():
    """Published: RFC 3720, appendix B.4; others by the byte-by-byte sum of the same standard."""
    for text, wanted in ((bytes(32), 0x8A9136AA), (b"\xff" * 32, 0x62A8AB43), (bytes(range(32)), 0x46DD794E)):
        assert checksums.crc32c(text) == wanted
    for length in (511, 512, 513, 767, 768, 70_001):
        text, c = np.random.default_rng(length).bytes(length), 0xFFFFFFFF
        for byte in text:
            c = c >> 8 ^ checksums.table()[(c ^ byte) & 255]
        assert checksums.crc32c(text) == c ^ 0xFFFFFFFF
