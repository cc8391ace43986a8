"""`nabi draw`: what is written, what is printed, what is refused."""

import xml.etree.ElementTree as ET
from pathlib import Path


def test_a_network_of_the_zoo_is_drawn(nabi):
    code, out, err = nabi("draw", "resnet18")
    assert (code, err) == (0, "") and "9 cards for 68 layers" in out and "conv2, conv3, conv4, conv5, conv2_1" in out
    assert ET.fromstring(Path("network.svg").read_bytes()).tag.endswith("svg")


def test_the_numbers_as_json(nabi):
    code, found, _ = nabi("draw", "resnet18", "--horizontal", "--out", "net.png", "--json", parse=True)
    assert code == 0 and Path("net.png").read_bytes()[1:4] == b"PNG"
    assert sum(card["parameters"] for card in found["cards"]) == found["parameters"] == 11_699_112
    assert len(found["cards"]) == 9 and found["blocks"][3:5] == ["conv5", "conv2_1"] and len(found["edges"]) == 8


def test_one_block(nabi):
    code, out, _ = nabi("draw", "ResNet-18", "--block", "conv2_1", "--out", "b.svg")
    assert code == 0 and "8 cards" in out and "residual block" in Path("b.svg").read_text()


def test_what_is_refused(nabi):
    for words, says in ((["resnet18", "--block", "conv9"], "conv2"), (["resnet18", "--out", "n.pdf"], ".svg or .png"),
                        (["resnet18", "--unfold", "--block", "conv2"], "--unfold or --block"), (["resnet19"], "resnet18")):
        code, _, err = nabi("draw", *words)
        assert code == 2 and says in err, err
