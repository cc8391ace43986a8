"""Words of `nabi draw`, in English and Korean; `words.py` takes them in."""

DRAWING: dict[str, tuple[str, str]] = {
    "draw": ("draw a network as a diagram", "신경망의 구조를 그립니다"),
    "draw.long": (
        "Writes a network as a diagram, .svg or .png: what each layer makes, and its parameters. Blocks are folded to one\n"
        "card, and those that repeat stand as one stack.\n\n"
        "  nabi draw resnet50                                  folded to a page\n"
        "  nabi draw resnet50 --block conv2_1 --out block.svg  one block, layer by layer\n"
        "  nabi draw densenet121 --block dense1                a dense block, each layer joined to all later ones\n"
        "  nabi draw googlenet --unfold --out all.svg          every layer\n"
        "  nabi draw runs/last --horizontal                    a model of your own, from left to right",
        "신경망을 .svg나 .png로 그립니다. 층마다 출력 크기와 매개변수 수를 적습니다. 블록은 카드 한 장으로 접고, 되풀이되는\n"
        "블록은 한 더미로 모읍니다.\n\n"
        "  nabi draw resnet50                                  한 장으로 접어서\n"
        "  nabi draw resnet50 --block conv2_1 --out block.svg  블록 하나를 층별로\n"
        "  nabi draw densenet121 --block dense1                밀집 블록: 모든 층이 뒤의 모든 층으로\n"
        "  nabi draw googlenet --unfold --out all.svg          모든 층\n"
        "  nabi draw runs/last --horizontal                    자신의 모델을 왼쪽에서 오른쪽으로",
    ),
    "help.drawn_model": (
        "a network of the zoo, a .safetensors file, a run folder or a run's name",
        "신경망 이름, .safetensors 파일, 학습 기록 폴더나 이름",
    ),
    "help.drawing": ("the diagram: .svg (default network.svg) or .png", "저장할 파일: .svg (기본값 network.svg) 또는 .png"),
    "help.unfold": ("a card for each layer, with the blocks marked", "층마다 카드 한 장으로 펼치고 블록을 표시합니다"),
    "help.block": ("one block alone; its name stands on the folded diagram", "블록 하나만. 이름은 접은 그림에 나옵니다"),
    "help.horizontal": ("from left to right", "왼쪽에서 오른쪽으로 그립니다"),
}
