"""Words of `nabi figures`, in English and Korean; `words.py` takes them in."""

FIGURES: dict[str, tuple[str, str]] = {
    "figures": ("make every figure of the lectures from live data", "강의의 모든 그림을 실제 데이터로 만듭니다"),
    "figures.long": (
        "Makes figures and a page that shows them: NAME.png or NAME.svg, NAME.json with the numbers behind it, index.html.\n"
        "Without a model it takes a digit network that is trained on the spot, in seconds.\n\n"
        "  nabi figures                                        all of them, into figures/\n"
        "  nabi figures --only softmax,pooling                 some\n"
        "  nabi figures --only convolution                     a section\n"
        "  nabi figures --model runs/last --data flowers       of your own network and pictures\n"
        "  nabi figures --photo me.jpg --only pictures         of your own photograph\n"
        "  nabi figures --list                                 their names",
        "그림과 그 모음 페이지를 만듭니다. NAME.png 또는 NAME.svg, 그림의 숫자 NAME.json, 페이지 index.html입니다.\n"
        "모델을 주지 않으면 그 자리에서 몇 초 동안 학습한 숫자 신경망을 씁니다.\n\n"
        "  nabi figures                                        figures/ 폴더에 전부\n"
        "  nabi figures --only softmax,pooling                 몇 개만\n"
        "  nabi figures --only convolution                     한 부분만\n"
        "  nabi figures --model runs/last --data flowers       자신의 신경망과 그림으로\n"
        "  nabi figures --photo me.jpg --only pictures         자신의 사진으로\n"
        "  nabi figures --list                                 이름 목록",
    ),
    "help.figures_out": ("the folder for the files (default figures)", "파일을 저장할 폴더 (기본값 figures)"),
    "help.only": ("names of figures or sections, with commas: see --list", "쉼표로 나눈 그림이나 부분의 이름 (--list로 봅니다)"),
    "help.figures_model": (
        "a .safetensors file, a run folder or a run's name (default: a digit network trained on the spot)",
        ".safetensors 파일, 학습 기록 폴더나 이름 (기본값: 그 자리에서 학습한 숫자 신경망)",
    ),
    "help.figures_data": (
        "its pictures: {sets}, or a folder (default: what the model learned from)",
        "모델의 데이터: {sets} 또는 폴더 (기본값: 모델이 학습한 데이터)",
    ),
    "help.photo": ("a colour photograph (default: a portrait)", "컬러 사진 (기본값: 인물 사진)"),
    "help.list": ("list the figures by section and make none", "그림의 이름을 부분별로 보여 주고 만들지는 않습니다"),
    "fig.begin": ("{n} figures into {folder}", "{folder} 폴더에 그림 {n}개를 만듭니다"),
    "fig.done": ("{k:>3}/{n}  {seconds:5.1f} s  {name}", "{k:>3}/{n}  {seconds:5.1f}초  {name}"),
    "fig.not": ("{k:>3}/{n}  not made  {name}: {reason}", "{k:>3}/{n}  만들지 못함  {name}: {reason}"),
    "fig.page": ("page  {file}", "페이지  {file}"),
    "fig.count": ("{n} of {all} figures in {seconds:.0f} s", "그림 {all}개 중 {n}개, {seconds:.0f}초"),
    "fig.name": ("name", "이름"),
    "fig.title": ("title", "제목"),
}
