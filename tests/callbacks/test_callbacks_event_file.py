"""Event files by their specifications: checksums of RFC 3720, protobuf's own messages, TensorBoard's own reader."""

import io
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary

from nabi.callbacks import event_file, summaries
from nabi.callbacks.event_file import NAME, EventFile, crc32c, masked, new_name, record
from nabi.callbacks.weight_picture import MOST, weight_picture
from nabi.core.errors import FileError

UP = bytes(range(32))
RFC = {"00" * 32: 0x8A9136AA, "ff" * 32: 0x62A8AB43, UP.hex(): 0x46DD794E, UP[::-1].hex(): 0x113FDB5C}


@pytest.mark.parametrize("data", RFC)
def test_checksums_are_those_of_rfc_3720(data):
    assert crc32c(bytes.fromhex(data)) == RFC[data]


@settings(max_examples=40, deadline=None)
@given(tag=st.text("aé/한 ", max_size=20), x=st.floats(width=32), step=st.integers(-(2**63), 2**63 - 1), at=st.floats(0, 4e9))
def test_a_scalar_is_the_message_that_protobuf_writes(tag, x, step, at):
    theirs = Event(wall_time=at, step=step, summary=Summary(value=[Summary.Value(tag=tag, simple_value=x)]))
    ours = Event.FromString(summaries.event(at, step, summaries.scalar(tag, x)))
    assert ours.SerializeToString(deterministic=True) == theirs.SerializeToString(deterministic=True)


def test_a_number_too_large_for_float32_is_infinite():
    assert Summary.FromString(summaries.scalar("x", 1e300)).value[0].simple_value == float("inf")


@settings(max_examples=30, deadline=None)
@given(values=st.lists(st.floats(-1e6, 1e6) | st.sampled_from([np.nan, np.inf]), max_size=60))
def test_a_histogram_counts_every_finite_number_once(values):
    histo = Summary.FromString(summaries.histogram("w", np.array(values))).value[0].histo
    finite = [x for x in values if np.isfinite(x)]
    if not finite:
        assert histo.num == 0 and not histo.bucket
        return
    got = histo.min, histo.max, histo.num, histo.sum, histo.sum_squares
    np.testing.assert_allclose(got, [min(finite), max(finite), len(finite), sum(finite), sum(x * x for x in finite)], rtol=1e-9,
                               atol=1e-9)
    assert len(histo.bucket) == len(histo.bucket_limit) == 30 and sum(histo.bucket) == len(finite)
    below = [sum(x < limit for x in finite) for limit in histo.bucket_limit[:-1]]
    assert np.cumsum(histo.bucket)[:-1].tolist() == below


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3)])
def test_a_picture_has_its_pixels(shape):
    pixels = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    image = Summary.FromString(summaries.picture("p", pixels)).value[0].image
    assert (image.height, image.width, image.colorspace) == (5, 7, 3 if len(shape) == 3 else 1)
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(image.encoded_image_string))), pixels)


def read(path):
    """(step, tag) of each event, by TensorBoard's own reader, which checks every sum."""
    events = [Event.FromString(data) for data in RawEventFileLoader(str(path)).Load()]
    assert events[0].file_version == "brain.Event:2" and not events[0].summary.value
    return [(event.step, event.summary.value[0].tag) for event in events[1:]]


def test_a_file_is_read_by_tensorboard_and_goes_on_where_it_was_cut(tmp_path):
    name = new_name()
    file = EventFile(tmp_path / "a" / "b", name)
    assert NAME.fullmatch(name) and new_name() != name
    sizes = []
    for step in range(3):
        file.write(step, summaries.scalar("loss", step))
        sizes.append(file.size)
    file.close()
    path = tmp_path / "a" / "b" / name
    assert read(path) == [(0, "loss"), (1, "loss"), (2, "loss")]
    again = EventFile(tmp_path / "a" / "b", name, sizes[1])
    again.write(7, summaries.scalar("loss", 1.0))
    again.close()
    assert read(path) == [(0, "loss"), (1, "loss"), (7, "loss")]
    gone = EventFile(tmp_path / "c", name, 10**6)  # the old file is no longer there: it begins anew, not with a gap
    gone.write(8, summaries.scalar("loss", 1.0))
    gone.close()
    assert read(tmp_path / "c" / name) == [(8, "loss")]


def unmasked(data):
    """Broken on purpose: the sum as it is."""
    return struct.pack("<I", crc32c(data))


def wrong_rotation(data):
    """Broken on purpose: 17 bits to the right instead of 15."""
    c = crc32c(data)
    return struct.pack("<I", ((c >> 17 | c << 15) + 0xA282EAD8) & 0xFFFFFFFF)


@pytest.mark.parametrize("sums", [unmasked, wrong_rotation, masked], ids=lambda f: f.__name__)
def test_a_wrong_checksum_is_noticed(sums, tmp_path, monkeypatch):
    monkeypatch.setattr(event_file, "masked", sums)
    (tmp_path / "events.out.tfevents.1").write_bytes(record(summaries.first_event(0.0)) + record(b"\x10\x05"))
    seen = list(RawEventFileLoader(str(tmp_path / "events.out.tfevents.1")).Load())
    assert len(seen) == (2 if sums is masked else 0)


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match=r"TensorBoard\(log_dir\): expected a folder that can be made"):
        EventFile(tmp_path / "file" / "logs", new_name())


def test_pictures_of_weights():
    ramp = np.linspace(-2, 3, 6)
    np.testing.assert_array_equal(weight_picture(ramp), [[0, 51, 102, 153, 204, 255]])
    np.testing.assert_array_equal(weight_picture(ramp.reshape(3, 2)), [[0, 102, 204], [51, 153, 255]])
    np.testing.assert_array_equal(weight_picture(np.ones((2, 2))), np.full((2, 2), 128))
    kernel = np.random.default_rng(0).normal(size=(3, 2, 4, 5))
    kernel[0, 0, 0, 0], kernel[2, 1, 3, 4] = -9, 9
    picture = weight_picture(kernel)
    assert picture.shape == (4 * 4 - 1, 5 * 3 - 1)
    for c in range(4):
        for f in range(5):
            tile = picture[4 * c:4 * c + 3, 3 * f:3 * f + 2]
            np.testing.assert_array_equal(tile, np.round((kernel[:, :, c, f] + 9) / 18 * 255))
    assert (picture[3] == 255).all() and (picture[:, 2] == 255).all()
    colour = weight_picture(np.arange(2 * 2 * 3 * 2).reshape(2, 2, 3, 2))
    assert colour.shape == (2, 5, 3) and colour[0, 0].tolist() == [0, round(2 / 23 * 255), round(4 / 23 * 255)]
    assert weight_picture(np.zeros((1, 1, 100, 100))).shape == (2 * MOST - 1, 2 * MOST - 1)
    assert weight_picture(np.arange(6.0).reshape(1, 2, 3)).shape == (1, 8)
    assert weight_picture(np.array(1.0)) is None and weight_picture(np.zeros((1,) * 5)) is None
