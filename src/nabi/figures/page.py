"""Page: figures as one HTML page beside their files: sections, titles, captions, pictures, numbers to unfold; no script."""

from collections.abc import Callable, Sequence
from pathlib import Path

from nabi.core.language import language, say
from nabi.core.version import __version__
from nabi.figures.catalogue import SECTIONS
from nabi.figures.made import Made
from nabi.figures.scene import Scene
from nabi.lab.report.markup import Html, tag
from nabi.lab.report.page import butterfly

STYLE = Path(__file__).with_name("page.css")
POLICY = "default-src 'none'; img-src * file: data:; style-src 'unsafe-inline'"
WIDE, LONGEST = 700, 24_000  # pixels from which a picture may be moved on a phone; letters of numbers on the page
WORDS: dict[str, tuple[str, str]] = {
    "title": ("The figures of the lectures", "강의의 모든 그림"),
    "lead": (
        "Every figure is computed afresh from the network and the pictures named here: plain numbers first, then the picture.",
        "모든 그림은 아래의 신경망과 데이터로 새로 계산했습니다. 먼저 숫자를 구하고, 그 숫자로 그림을 그립니다.",
    ),
    "network": ("Network", "신경망"),
    "pictures": ("Pictures", "데이터"),
    "figures": ("Figures", "그림"),
    "made with": ("Made with", "명령"),
    "parameters": ("{name}, {n:,} parameters", "{name}, 매개변수 {n:,}개"),
    "of classes": ("{n:,} of {classes} classes, {shape}", "{n:,}장, 클래스 {classes}개, {shape}"),
    "count": ("{n} in {seconds:.0f} s", "{n}개, {seconds:.0f}초"),
    "count, some": ("{n} of {all} in {seconds:.0f} s", "{all}개 중 {n}개, {seconds:.0f}초"),
    "numbers": ("The numbers", "숫자 보기"),
    "file": ("{file}", "{file}"),
    "not made": ("Not made of this network and these pictures.", "이 신경망과 데이터로는 만들 수 없습니다."),
    "fault": ("Not made: an error in the program.", "프로그램 오류로 만들지 못했습니다."),
    "sections": ("Sections", "차례"),
    "shortened": ("Shortened; {file} has all.", "줄였습니다. 전체는 {file}에 있습니다."),
    "version": ("nabi {version}", "nabi {version}"),
}


def page(made: Sequence[Made], scene: Scene, command: str = "", says: Callable[[Exception], str] = str) -> str:
    """The whole document.

    Args:
        made: the figures, in their order.
        scene: what they were made from.
        command: what was typed.
        says: an error in words.
    """
    korean = language() == "ko"
    names = [name for name in SECTIONS if any(one.entry.section == name for one in made)]
    parts = [section(name, SECTIONS[name][korean], [one for one in made if one.entry.section == name], says) for name in names]
    links = [tag("li", tag("a", SECTIONS[name][korean], href=f"#{name}")) for name in names]
    top = tag("header", tag("p", butterfly(), tag("b", "nabi"), class_="brand"), tag("h1", say(WORDS, "title")),
              tag("p", say(WORDS, "lead"), class_="lead"), facts(made, scene, command))
    nav = tag("nav", tag("ol", links), aria_label=say(WORDS, "sections"))
    foot = tag("footer", tag("p", say(WORDS, "version", version=__version__)))
    body = tag("body", top, tag("div", nav, tag("main", parts), class_="columns"), foot)
    metas = [tag("meta", charset="utf-8"), tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
             tag("meta", http_equiv="Content-Security-Policy", content=POLICY)]
    style = tag("style", Html(STYLE.read_text(encoding="utf-8")))
    head = tag("head", metas, tag("title", f"{say(WORDS, 'title')} · nabi"), style)
    return "<!doctype html>\n" + tag("html", head, body, lang=language()) + "\n"


def facts(made: Sequence[Made], scene: Scene, command: str) -> Html:
    """What the figures were made from, and how many there are."""
    good = sum(one.error is None for one in made)
    seconds = sum(one.seconds for one in made)
    count = say(WORDS, "count" if good == len(made) else "count, some", n=good, all=len(made), seconds=seconds)
    shape = " x ".join(map(str, scene.images.shape[1:]))
    rows = {"figures": count}
    if scene.has_model:  # else none of these figures asked for one
        rows["network"] = say(WORDS, "parameters", name=scene.model.name, n=scene.model.count_params())
    rows["pictures"] = say(WORDS, "of classes", n=len(scene.images), classes=len(scene.class_names), shape=shape)
    told = [tag("div", tag("dt", say(WORDS, name)), tag("dd", text)) for name, text in rows.items()]
    if command:
        told.append(tag("div", tag("dt", say(WORDS, "made with")), tag("dd", tag("code", command)), class_="command"))
    return tag("dl", told, class_="facts")


def section(name: str, title: str, made: Sequence[Made], says: Callable[[Exception], str]) -> Html:
    """The figures of a section, and a list of their titles."""
    korean = language() == "ko"
    links = [tag("li", tag("a", one.entry.title[korean], href=f"#{one.entry.name}")) for one in made]
    index = tag("ul", links, class_="index") if len(made) > 1 else None
    return tag("section", tag("h2", title), index, [article(one, says) for one in made], id=name)


def article(one: Made, says: Callable[[Exception], str]) -> Html:
    """One figure: title, caption, picture, its numbers, the command that makes it."""
    korean = language() == "ko"
    title, caption = one.entry.title[korean], one.entry.caption[korean]
    head = [tag("h3", tag("a", title, href=f"#{one.entry.name}")), tag("p", caption, class_="caption")]
    made_by = tag("code", f"nabi figures --only {one.entry.name}")
    if one.error is not None:
        return tag("article", head, tag("p", tag("b", say(WORDS, "fault" if one.is_fault else "not made")), " ", says(one.error),
                                        class_="missing"), tag("p", made_by, class_="by"), id=one.entry.name)
    width, height = one.size
    img = tag("img", src=one.file, alt=f"{title}. {caption}", width=width, height=height, loading="lazy",
              style=f"--width: {width}px")
    kind = ["picture", *(["wide"] if width > WIDE else []), *(["png"] if one.file.endswith(".png") else [])]
    link = tag("a", img, href=one.file, class_=" ".join(kind))
    file = f"{one.entry.name}.json"
    short = one.numbers if len(one.numbers) <= LONGEST else one.numbers[:LONGEST].rpartition("\n")[0] + "\n..."
    more = [tag("p", say(WORDS, "shortened", file=file))] if len(one.numbers) > LONGEST else []
    fold = tag("details", tag("summary", say(WORDS, "numbers")), tag("pre", short), more)
    by = tag("p", tag("a", file, href=file), made_by, class_="by")
    return tag("article", head, tag("div", link, class_="frame"), fold, by, id=one.entry.name)
