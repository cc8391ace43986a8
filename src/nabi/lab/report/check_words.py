"""Words of a check's page and table, in English and Korean: kinds of findings have a name and a sentence with the remedy."""

from nabi.core.language import say
from nabi.core.reasons import reason as put

WORDS: dict[str, tuple[str, str]] = {
    "title": ("{name}: a look before training", "{name}: 학습하기 전에 살펴보기"),
    "pictures": ("pictures", "그림"),
    "hero clean": (
        "Nothing was found that needs a second look.",
        "다시 볼 것이 하나도 없습니다.",
    ),
    "hero": (
        "{out:,} should be left out of training, {asked:,} need a decision of yours.",
        "학습에서 뺄 그림이 {out:,}장, 직접 판단할 그림이 {asked:,}장입니다.",
    ),
    "fine": ("as they should be", "문제없음"),
    "seen": ("noted", "참고"),
    "leave out": ("to leave out", "뺄 것"),
    "asked": ("to decide on", "판단할 것"),
    "listed": ("in quarantine already", "이미 제외한 것"),
    "classes": ("classes", "클래스"),
    "formats": ("formats", "형식"),
    "usual size": ("usual size", "보통 크기"),
    "on disk": ("on the disk", "파일 크기"),
    "kinds": ("pixels", "픽셀"),
    "findings": ("What was found", "찾은 것"),
    "counts": ("The classes", "클래스별 그림 수"),
    "kind": ("finding", "종류"),
    "count": ("how many", "수"),
    "left out": ("left out", "뺄 것"),
    "more": ("and {n:,} more", "외 {n:,}개"),
    "copies of": ("{n} pictures", "그림 {n}장"),
    "alike": ("{share} alike", "{share} 일치"),
    "says": ("{label}? {share}", "{label}? {share}"),
    "quarantine": ("The quarantine", "제외 목록"),
    "quarantine note": (
        "Training skips what this file names; a line deleted there is a picture used again. Questions stand in it as comments: "
        "delete the \"#? \" before one to leave its picture out.",
        "이 파일에 적힌 그림은 학습에서 제외합니다. 줄을 지우면 그 그림을 다시 씁니다. 직접 판단할 그림은 주석으로 들어 있으며, "
        "앞의 \"#? \"를 지우면 제외합니다.",
    ),
    "unreadable": ("no picture to show", "보여 줄 수 없음"),
    "made": ("Made by nabi {version}, {day}.", "nabi {version}, {day}"),
    "damaged": ("Damaged", "손상된 파일"),
    "damaged.does": (
        "Empty, cut short, no picture at all, or too large to unpack. Training leaves them out.",
        "비었거나, 잘렸거나, 그림이 아니거나, 펼치기에 너무 큰 파일입니다. 학습에서 제외합니다.",
    ),
    "two labels": ("One picture, two labels", "한 그림, 두 라벨"),
    "two labels.does": (
        "The same file lies in two classes, and training would stop. All copies are left out: bring back the one whose label is "
        "right by deleting its line from the list.",
        "같은 파일이 두 클래스에 있어 학습을 시작할 수 없습니다. 모두 목록에 넣었으니, 라벨이 맞는 그림의 줄을 지우십시오.",
    ),
    "across": ("The same file in two parts", "학습과 시험에 같은 파일"),
    "across.does": (
        "A test with pictures that were learned tells nothing. The copies to learn from are left out, the test stays.",
        "배운 그림으로 시험하면 결과를 믿을 수 없습니다. 학습용 사본을 빼고 시험용은 남깁니다.",
    ),
    "near labels": ("Alike under two labels", "라벨이 다른 매우 비슷한 그림"),
    "near labels.does": (
        "Perhaps one picture, stored anew, brighter or cropped, with two labels. If so, one of them is wrong: have a look.",
        "다시 저장하거나 밝기를 바꾸거나 조금 자른 같은 그림일 수 있습니다. 그렇다면 라벨 하나는 틀렸으니 확인하십시오.",
    ),
    "near across": ("Copies in two parts", "학습과 시험에 있는 사본"),
    "near across.does": (
        "The same picture, stored anew, brighter or cropped. The copies to learn from are left out, the test stays.",
        "다시 저장하거나 밝기를 바꾸거나 조금 자른 같은 그림입니다. 학습용 사본을 빼고 시험용은 남깁니다.",
    ),
    "suspect": ("Suspicious labels", "의심스러운 라벨"),
    "suspect.does": (
        "Networks that did not learn these pictures are sure of another class, named below with its probability. The surest "
        "come first. Decide yourself: a hard picture is no wrong label.",
        "이 그림을 배우지 않은 신경망이 다른 클래스라고 확신합니다. 그 클래스와 확률을 적었으며, 가장 확실한 것이 먼저입니다. "
        "어려운 그림일 뿐 라벨이 맞을 수도 있으니 직접 판단하십시오.",
    ),
    "tiny": ("Too small", "너무 작은 그림"),
    "tiny.does": ("Of a few pixels: there is nothing to see. They are left out.", "픽셀이 몇 개뿐이라 볼 것이 없어 제외합니다."),
    "plain": ("One colour all over", "한 가지 색뿐인 그림"),
    "plain.does": (
        "Nothing is on them. They stay, unless you name them in the list.",
        "아무것도 그려져 있지 않습니다. 목록에 적지 않으면 그대로 씁니다.",
    ),
    "copies": ("The same file again", "똑같은 파일"),
    "copies.does": (
        "Exact copies in one class. The first stays, the others are left out: they would count twice, and stand on both sides of "
        "a split.",
        "한 클래스 안에 똑같은 파일이 있습니다. 첫 번째만 남기고 뺍니다. 두 번 배우게 되고, 나눌 때 학습과 시험 양쪽에 들어갈 수 "
        "있기 때문입니다.",
    ),
    "near": ("Alike: perhaps copies", "매우 비슷한 그림: 사본일 수 있음"),
    "near.does": (
        "Stored anew, brighter or cropped; simple drawings may be alike without being copies. They stay;"
        " nabi train keeps them on one side of the split, as from_folder does with groups=\"copies\".",
        "다시 저장하거나 밝기를 바꾸거나 조금 자른 그림으로 보입니다. 단순한 그림은 사본이 아니어도 비슷할 수 "
        "있습니다. 그대로 쓰며, nabi train은 나눌 때 한쪽에만 둡니다(from_folder는 groups=\"copies\").",
    ),
    "ending": ("Another format than the name says", "이름과 다른 형식"),
    "ending.does": (
        "They are read by their content, so training takes them; other programs may not. The right ending stands below.",
        "내용대로 읽으므로 학습에는 쓸 수 있지만 다른 프로그램은 못 읽을 수 있습니다. 올바른 확장자를 적었습니다.",
    ),
    "pixels": ("Unusual pixels", "드문 픽셀 형식"),
    "pixels.does": (
        "Most of the others are stored otherwise. Transparency is laid on white, 16 bits become 8, CMYK is read without profile: "
        "see whether they look right.",
        "다른 그림과 저장 방식이 다릅니다. 투명한 곳은 흰색이 되고, 16비트는 8비트로 줄고, CMYK는 프로파일 없이 읽습니다. 제대로 "
        "보이는지 확인하십시오.",
    ),
    "shape": ("Unusually long", "유난히 긴 그림"),
    "shape.does": (
        "Padded to a square, little of them is left to see.",
        "정사각형에 맞추면 알아보기 어려울 만큼 작아집니다.",
    ),
    "animated": ("Animations", "움직이는 그림"),
    "animated.does": ("Only the first frame is learned.", "첫 장면만 학습합니다."),
    "capitals": ("Classes alike but for capital letters", "대소문자만 다른 클래스"),
    "capitals.does": (
        "They are learned as different classes. If they mean the same, rename one folder.",
        "서로 다른 클래스로 학습합니다. 뜻이 같다면 폴더 하나의 이름을 바꾸십시오.",
    ),
    "imbalance": ("Uneven classes", "고르지 않은 클래스"),
    "imbalance.does": (
        "nabi train counts each class the same, whatever its number. More pictures of the small ones help more.",
        "nabi train은 클래스마다 같은 비중으로 학습합니다. 작은 클래스의 그림을 더 모으는 것이 더 좋습니다.",
    ),
    "passed": ("Passed over", "읽지 않은 파일"),
    "passed.does": ("Not read, for the reason given.", "오른쪽에 적은 까닭으로 읽지 않았습니다."),
    "mode.transparent": ("transparent", "투명"),
    "mode.palette": ("palette", "팔레트"),
    "mode.colour": ("colour", "컬러"),
    "mode.grey": ("grey", "흑백"),
    "mode.1-bit": ("1-bit", "1비트"),
    "mode.16-bit": ("16-bit", "16비트"),
    "part.train": ("train", "학습"),
    "part.validation": ("validation", "검증"),
    "part.test": ("test", "시험"),
}  # fmt: skip


def t(key: str, **values: object) -> str:
    """A text of the check's page; see `WORDS` for the keys."""
    return say(WORDS, key, **values)


def reason(text: str) -> str:
    """Why a picture is out, or what kind of pixels it has, in the user's language.

    Example:
        >>> reason("truncated"), reason("palette")
        ('truncated', 'palette')
    """
    if f"mode.{text}" in WORDS:
        return t(f"mode.{text}")
    return put(text)
