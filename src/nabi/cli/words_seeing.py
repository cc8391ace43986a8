"""Words of the commands that look into a network, in English and Korean; a part of `nabi.cli.words`."""

SEEING: dict[str, tuple[str, str]] = {
    "explain": ("show why a model answers what it answers", "모델이 왜 그렇게 답했는지 보여 줍니다"),
    "explain.long": (
        "Writes a sheet of maps over a picture: where it counts for the answer, by several methods.\nBelow each map its checks: "
        "the area under the answer while the pixels that count most go first (small is good; beside it\nthe map moved elsewhere "
        "and a random order), and its rank correlation with the map of random weights (near 0 is good).\n\n"
        "  grad_cam, grad_cam_plus_plus, cam              maps of a layer, weighted for the class\n"
        "  saliency, smooth_grad, guided_backpropagation  gradients\n"
        "  integrated_gradients                           shares of the answer\n"
        "  occlusion                                      the answer with a patch covered",
        "그림의 어느 곳이 답에 영향을 주었는지 여러 방법으로 구해 한 장의 PNG에 그립니다.\n맵마다 두 가지 검사를 함께 적습니다. "
        "중요한 픽셀부터 지울 때의 출력값 곡선 아래 넓이(작을수록 좋으며, 옮긴 맵과\n무작위 순서의 넓이를 나란히 적습니다)와, "
        "가중치를 무작위로 바꾼 신경망의 맵과의 순위 상관(0에 가까울수록 좋습니다)입니다.\n\n"
        "  grad_cam, grad_cam_plus_plus, cam              층의 특징 맵에 클래스별 가중치를 준 것\n"
        "  saliency, smooth_grad, guided_backpropagation  기울기\n"
        "  integrated_gradients                           픽셀마다 답에 보탠 몫\n"
        "  occlusion                                      일부를 가렸을 때의 답",
    ),
    "help.explained_model": (
        "a .safetensors file, a run folder, a run's name, or efficientnet-lite0",
        ".safetensors 파일, 학습 기록 폴더나 이름, 또는 efficientnet-lite0",
    ),
    "help.one_picture": ("a picture, .npy array or idx file of one picture", "그림 한 장 (PNG, JPEG, .npy, idx)"),
    "help.method": (
        "methods with commas, or all (default grad_cam,smooth_grad,integrated_gradients,occlusion)",
        "쉼표로 나눈 방법들, 또는 all (기본값 grad_cam,smooth_grad,integrated_gradients,occlusion)",
    ),
    "help.layer": (
        "layer whose maps Grad-CAM takes (default: the last one with places)",
        "Grad-CAM이 볼 층 (기본값: 위치가 있는 마지막 층)",
    ),
    "help.of_class": (
        "number or name of the class (default: the one that is answered)",
        "클래스의 번호나 이름 (기본값: 모델의 답)",
    ),
    "help.output": ("which output, where the model has several", "출력이 여럿인 모델에서 볼 출력"),
    "help.steps": (
        "pictures between the empty one and this one, for integrated_gradients (default 64)",
        "integrated_gradients에서 빈 그림과 이 그림 사이의 단계 수 (기본값 64)",
    ),
    "help.quick": ("without the checks", "검사를 하지 않습니다"),
    "help.explanation": ("the sheet (default explanation.png)", "저장할 PNG 파일 (기본값 explanation.png)"),
}
