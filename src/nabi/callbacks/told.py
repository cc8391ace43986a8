"""Told: the lines that callbacks print between the epochs, in both languages; the English ones are Keras'."""

from nabi.core.language import say

WORDS: dict[str, tuple[str, str]] = {
    "stopped": ("Epoch {n}: early stopping", "에포크 {n}: 더 나아지지 않아 일찍 마칩니다"),
    "restored": ("Restoring model weights from the end of the best epoch: {n}.",
                 "가장 좋았던 에포크 {n}의 가중치로 되돌립니다."),
    "reduced": ("Epoch {n}: ReduceLROnPlateau reducing learning rate to {rate:.6g}.",
                "에포크 {n}: 나아지지 않아 학습률을 {rate:.6g}(으)로 줄입니다."),
    "set": ("Epoch {n}: LearningRateScheduler setting learning rate to {rate:.6g}.",
            "에포크 {n}: 학습률을 {rate:.6g}(으)로 정합니다."),
    "not improved": ("Epoch {n}: {name} did not improve from {before}",
                     "에포크 {n}: {name} 값이 {before}보다 나아지지 않았습니다"),
    "improved": ("Epoch {n}: {name} improved from {before} to {now:.5f}, saving model to {path}",
                 "에포크 {n}: {name} 값이 {before}에서 {now:.5f}(으)로 나아져 모델을 저장합니다: {path}"),
    "saved": ("Epoch {n}: saving model to {path}", "에포크 {n}: 모델을 저장합니다: {path}"),
    "not finite": ("Batch {n}: Invalid loss, terminating training", "배치 {n}: 손실이 NaN이거나 무한대여서 학습을 마칩니다"),
    "resumed": ("Resuming from {path} at epoch {epoch}", "{path}에서 이어서 학습합니다: 에포크 {epoch}부터"),
    "resumed within": ("Resuming from {path} at epoch {epoch}, step {step}",
                       "{path}에서 이어서 학습합니다: 에포크 {epoch}, 스텝 {step}부터"),
    "one before": ("{error} Trying the one before it.", "{error} 그 앞의 체크포인트로 해 봅니다."),
}


def told(key: str, **values: object) -> str:
    """A line in today's language.

    Example:
        >>> told("stopped", n=3)
        'Epoch 3: early stopping'
    """
    return say(WORDS, key, **values)
