"""Korean for findings: what `fit` warns of and `model.check` lists, part by part; the English ones are made where they are found.

    x: expected values of about 0 to 1, got 0 to 255; divide by 255.   ->   x: 0과 1 사이의 값이 필요하지만 0 ~ 255입니다. ...
"""

from nabi.core.language import with_particles
from nabi.core.phrases import Phrases

korean = Phrases({
    # where
    "layer '{}'": "'{}' 층",
    "layer '{}' and {} more": "'{}' 층 외 {}개",
    # expected
    "what compile found": "compile이 본 것",
    "pictures (height, width, channels)": "그림(높이, 너비, 채널)",
    "values that differ": "서로 다른 값",
    "values of about 0 to 1": "0과 1 사이의 값",
    "shares between 0 and 1": "0과 1 사이의 비율",
    "pixels 0 to 255, which '{}' scales to {} to {}": "'{}' 층이 {} ~ {}(으)로 바꿀 0 ~ 255의 픽셀",
    "pixels {} to {}, its value_range": "value_range에 맞는 {} ~ {}의 픽셀",
    "at least two classes": "클래스 두 개 이상",
    "samples of every class from 0 to {}": "0부터 {}까지 모든 클래스의 표본",
    "classes in mixed order": "섞여 있는 클래스",
    "a sigmoid for one unit": "유닛 하나에 맞는 시그모이드",
    "no activation, since {} has from_logits=True": "{}의 from_logits=True에 맞게 활성화 함수가 없는 층",
    "real values for {}": "{}에 맞는 실수 값",
    "probabilities for {}": "{}에 맞는 확률",
    "a sigmoid for binary_crossentropy": "binary_crossentropy에 맞는 시그모이드",
    "a softmax for {}": "{}에 맞는 소프트맥스",
    "values from {} to {}, which '{}' in {} can give": "{3} 층의 '{2}'이(가) 낼 수 있는 {0} ~ {1}의 값",
    # got
    "{} a sample": "표본 하나가 {}",
    "{} everywhere": "모두 {}",
    "{} to {}": "{} ~ {}",
    "whole numbers 0 and 1 only": "정수 0과 1뿐",
    "pixels up to {}": "{}까지의 픽셀",
    "class {} in all {} samples": "표본 {1}개가 모두 클래스 {0}",
    "none of class {}": "클래스 {}의 표본이 없습니다",
    "labels sorted by class": "클래스 순서로 늘어선 레이블",
    "a softmax, which over one unit is always 1": "유닛이 하나라 늘 1이 되는 소프트맥스",
    "probabilities of a softmax": "소프트맥스의 확률",
    "activation '{}'": "활성화 함수 '{}'",
    "a softmax over {} units": "유닛 {}개의 소프트맥스",
    "{} since, which has no effect yet": "그 뒤에 바뀌어 아직 적용되지 않은 {}",
    "another rate_factor since, which has no effect yet": "그 뒤에 바뀌어 아직 적용되지 않은 rate_factor",
    "a sigmoid, whose outputs do not sum to 1": "출력의 합이 1이 아닌 시그모이드",
    # remedy
    "call model.compile(...) again, with a new optimizer: till then {} frozen":
        "새 옵티마이저로 model.compile(...)을 다시 부르십시오. 그때까지는 고정되어 있습니다",
    "call model.compile(...) again, with a new optimizer: till then {} learning":
        "새 옵티마이저로 model.compile(...)을 다시 부르십시오. 그때까지는 계속 학습합니다",
    "call model.compile(...) again, with a new optimizer: till then {} as fast as before":
        "새 옵티마이저로 model.compile(...)을 다시 부르십시오. 그때까지는 전과 같은 속도로 학습합니다",
    "if its channels come first, move them: x.transpose(0, 2, 3, 1)":
        "채널이 앞에 있으면 x.transpose(0, 2, 3, 1)로 옮기십시오",
    "integer division leaves nothing of pixels: x / 255, not x // 255":
        "정수 나눗셈을 하면 픽셀이 모두 0이 됩니다. x // 255가 아니라 x / 255로 쓰십시오",
    "look at how x was read": "x를 어떻게 읽었는지 확인하십시오",
    "divide by {} (x / {}), or begin the model with Rescaling(1/{})":
        "{}(으)로 나누거나(x / {}) 모델을 Rescaling(1/{})로 시작하십시오",
    "they look divided by 255 twice": "255로 두 번 나눈 것 같습니다",
    "if they come from x // 255 the greys are lost: use x / 255":
        "x // 255로 나누었다면 회색이 모두 사라진 것입니다. x / 255로 쓰십시오",
    "give the pixels as they are, without x / 255 or preprocess_input, or leave Rescaling out":
        "x / 255나 preprocess_input 없이 픽셀을 그대로 넣거나 Rescaling을 빼십시오",
    "give it value_range=(0, 1), or put it in front of Rescaling":
        "value_range=(0, 1)을 주거나 Rescaling 앞에 두십시오",
    "look at how the labels were read, or at how the samples were picked":
        "레이블을 어떻게 읽었는지, 표본을 어떻게 골랐는지 확인하십시오",
    "add some, or give '{}' fewer units and number the classes from 0":
        "표본을 더하거나, '{}'의 유닛을 줄이고 클래스 번호를 0부터 매기십시오",
    "validation_split holds out the last samples, so whole classes: shuffle x and y together, or use "
    "validation_split_mode='stratified'":
        "validation_split은 마지막 표본을 떼어 두므로 클래스가 통째로 빠집니다. x와 y를 함께 섞거나 "
        "validation_split_mode='stratified'를 쓰십시오",
    "use activation='{}'": "activation='{}'을(를) 쓰십시오",
    "use activation='{}', or compile with from_logits=True":
        "activation='{}'을(를) 쓰거나 손실에 from_logits=True를 주어 compile하십시오",
    "{} would be applied twice: leave it out, or from_logits":
        "{}이(가) 두 번 적용됩니다. 그것이나 from_logits를 빼십시오",
    "for classes categorical_crossentropy learns faster": "클래스를 배울 때는 categorical_crossentropy가 더 빠릅니다",
    "for one class of several use categorical_crossentropy, for independent answers a sigmoid":
        "여럿 중 한 클래스를 고를 때는 categorical_crossentropy를, 서로 독립인 답에는 시그모이드를 쓰십시오",
    "use activation='softmax', or binary_crossentropy for independent answers":
        "activation='softmax'를 쓰거나, 서로 독립인 답이면 binary_crossentropy를 쓰십시오",
    "leave the last activation out, or scale y": "마지막 활성화 함수를 빼거나 y의 범위를 바꾸십시오",
})  # fmt: skip
whole = Phrases({  # sentences
    "loss: expected less than a guess gives, {}, got {} over the first epoch; the learning rate {} is probably too high: try {}.":
        "손실: 찍었을 때의 값({})보다 작아야 하지만 첫 에포크에 {}입니다. 학습률 {}이(가) 너무 높은 것 같습니다. "
        "{}(으)로 낮추어 보십시오.",
})  # fmt: skip


def finding(where: str, expected: str, got: str, remedy: str) -> str:
    """One finding as a Korean lecturer says it.

    Example:
        >>> finding("x", "values of about 0 to 1", "0 to 255", "they look divided by 255 twice")
        'x: 0과 1 사이의 값이 필요하지만 0 ~ 255입니다. 255로 두 번 나눈 것 같습니다.'
    """
    english = f"{where}: expected {expected}, got {got}; {remedy}."
    if (said := whole(english)) != english:
        return said
    came = korean(got)
    end = "" if came.endswith("니다") else "입니다"
    return with_particles(f"{korean(where)}: {korean(expected)}이(가) 필요하지만 {came}{end}. {korean(remedy)}.")
