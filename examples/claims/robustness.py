"""Shift, turn, scale: dense net, CNN and classic classifiers read digits moved as none they learned from (이동, 회전, 크기).

The lectures: a dense net loses the neighbourhood of pixels and is weak against shift, scale, rotation; a CNN less so. 1,500
digits; nets at their best of three rates, 3 seeds, 5 epochs; beside them k-NN, SVM, an SVM on edge directions by hand. 30 s.
"""

from common import best_rate, digits, main, seeds, train
from moved import edges, moved
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import SVC

import nabi

CLASSIC = {"3-NN": KNeighborsClassifier(3), "SVM": SVC(C=5), "edges, SVM": make_pipeline(FunctionTransformer(edges), SVC(C=5))}


def claim(fast):
    (x, y), (x_test, truth) = digits(300 if fast else 1500)
    tests = moved(x_test)
    numbers: dict = {}
    for name, kind in CLASSIC.items():
        kind.fit(x.reshape(len(x), -1), y)
        numbers[name] = {f"{move} %": kind.score(t.reshape(len(t), -1), truth) for move, t in tests.items()}
    for name, make in (("dense net", nabi.zoo.lecture_dense), ("CNN", nabi.zoo.lecture_cnn)):
        rate = best_rate(make, (x, y), 2, fast, (0.01, 0.03, 0.1))
        models = [train(make, (x, y), rate, seed, 1 if fast else 5)[0] for seed in seeds(fast)]
        numbers[name] = {f"{move} %": [float(m.evaluate(t, truth, verbose=0)[1]) for m in models] for move, t in tests.items()}
    shown = {move: {name: row[f"{move} %"] for name, row in numbers.items()} for move in tests}
    return numbers, nabi.viz.bars(shown, "Who reads moved digits", "Share of 1,000 test digits read right.", percent=True)


if __name__ == "__main__":
    main(__file__, __doc__, claim)
