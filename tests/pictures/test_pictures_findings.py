"""Findings: what copies mean by label and part, which of them go, and which headers are odd."""

import numpy as np
import pytest

from nabi.pictures.entry import Entry
from nabi.pictures.findings import Finding, near, of_classes, of_files, of_headers, of_pixels, same
from nabi.pictures.headers import Header


def entries(words):
    """Entries of words like "cat.train.1"."""
    return [Entry(word, word.split(".")[0], None if word.split(".")[1] == "-" else word.split(".")[1], "") for word in words]


@pytest.mark.parametrize("words, kind, out", [
    ("cat.-.1 dog.-.2", "two labels", "cat.-.1 dog.-.2"),
    ("cat.train.1 cat.train.2 dog.test.3", "two labels", "cat.train.1 cat.train.2 dog.test.3"),
    ("cat.train.1 cat.test.2", "across", "cat.train.1"),
    ("cat.test.1 cat.validation.2 cat.train.3 cat.test.4", "across", "cat.validation.2 cat.train.3 cat.test.4"),
    ("cat.-.1 cat.-.2 cat.-.3", "copies", "cat.-.2 cat.-.3"),
])  # fmt: skip
def test_the_same_file(words, kind, out):
    (found,) = same(entries(words.split()), ["x"] * len(words.split()))
    assert (found.kind, found.names, found.out) == (kind, tuple(words.split()), tuple(out.split()))


def test_what_is_in_quarantine_counts_as_gone():
    pair = entries(["cat.-.1", "dog.-.2"])
    assert same(pair, ["x", "x"], {"dog.-.2"})[0].out == ()
    assert same(entries(["cat.train.1", "cat.test.2"]), ["x", "x"], {"cat.test.2"})[0].out == ()
    assert same(entries(["cat.-.1", "cat.-.2"]), ["x", "x"], {"cat.-.1"})[0].out == ()


def test_near_copies_in_groups():
    found = near(entries(["cat.-.1", "cat.-.2", "dog.-.3", "dog.train.4", "dog.test.5", "cat.-.6"]),
                 np.array([[0, 1], [1, 5], [3, 4]]), np.array([0.99, 0.97, 0.98]))
    assert [(one.kind, len(one.names), one.share, one.out) for one in found] == [
        ("near", 3, 0.97, ()), ("near across", 2, 0.98, ("dog.train.4",))]
    (found,) = near(entries(["cat.-.1", "dog.-.2"]), np.array([[0, 1]]), np.array([0.99]))
    assert found.kind == "near labels" and found.out == () and found.about == "cat, dog"


def test_odd_headers():
    usual = Header(200, 150, "JPEG", "colour", False, 9000)
    odd = {"cmyk.jpg": Header(200, 150, "JPEG", "CMYK", False, 1), "x.jpg": Header(200, 150, "PNG", "grey", False, 1),
           "dot.png": Header(1, 1, "PNG", "colour", False, 1), "long.jpg": Header(900, 100, "JPEG", "colour", False, 1),
           "film.gif": Header(200, 150, "GIF", "palette", True, 1), "small.png": Header(60, 40, "PNG", "1-bit", False, 1)}
    names = [*(f"{k}.JPEG" for k in range(20)), *odd]
    found = of_headers(names, dict(enumerate([usual] * 20 + list(odd.values()))))
    assert {(one.kind, one.names[0], one.about) for one in found} == {
        ("pixels", "cmyk.jpg", "CMYK"), ("ending", "x.jpg", ".png"), ("tiny", "dot.png", "1x1"), ("shape", "long.jpg", "900x100"),
        ("pixels", "film.gif", "palette"), ("animated", "film.gif", "GIF")}
    icons = {k: Header(6, 6, "PNG", "palette", False, 1) for k in range(9)}  # a set of such pictures is as it is
    banners = {k: Header(900, 100, "JPEG", "colour", False, 1) for k in range(9)}
    assert of_headers(["i.png"] * 9, icons) == [] == of_headers(["b.jpg"] * 9, banners) == of_headers([], {})


def test_files_classes_and_plain_pictures():
    found = of_files([("a.png", "truncated")], [("b.png", "an empty file"), ("c", "hidden"), ("d.heic", ".heic is not read")])
    assert [(one.kind, one.names[0], len(one.out), one.level) for one in found] == [
        ("damaged", "a.png", 1, "error"), ("damaged", "b.png", 1, "error"), ("passed", "d.heic", 0, "note")]
    assert of_classes({"cat": 20, "dog": 10}) == [] and of_classes({"cat": 21, "dog": 10}) == [
        Finding("imbalance", (), "cat 21, dog 10")]
    assert of_classes({"Cat": 2, "cat": 2}) == [Finding("capitals", (), "Cat 2, cat 2")]
    x = np.random.default_rng(0).integers(0, 255, (4, 8, 8, 3), dtype=np.uint8)
    x[1], x[3] = (9, 90, 200), 7
    assert [one.names for one in of_pixels("abcd", x, np.arange(4), {"d"})] == [("b",)]
