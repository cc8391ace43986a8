"""Old dates: `read_csv` with a function that reads dates, and dates whose parts are in several columns, as pandas 1 had them.

    read_csv("air.csv", parse_dates=[["year", "month", "day"]], index_col=0, date_parser=parse)
    read_csv("sales.csv", header=0, parse_dates=[0], index_col=0, squeeze=True, date_parser=parse)
"""

import sys
from collections.abc import Callable
from typing import Any

import numpy as np


def asks_for_dates(options: dict[str, Any]) -> bool:
    """Whether arguments of read_csv ask for dates in such a way."""
    asked = options.get("parse_dates")
    joined = isinstance(asked, dict) or isinstance(asked, list) and any(isinstance(one, (list, tuple)) for one in asked)
    return joined or options.get("date_parser") is not None


def with_dates(read_csv: Callable, *args: Any, **options: Any) -> Any:
    """The frame, its dates read behind everything else."""
    pandas = sys.modules["pandas"]  # whose function this is
    asked, index = options.pop("parse_dates", False), options.pop("index_col", None)
    parser, keep = options.pop("date_parser", None), options.pop("keep_date_col", False)
    frame = read_csv(*args, **options)
    named = isinstance(asked, dict)
    listed = list(asked.items()) if named else [(None, one) for one in asked] if isinstance(asked, (list, tuple)) else []

    def column(one: Any) -> Any:
        return frame.columns[one] if isinstance(one, int) else one

    for name, group in reversed([pair for pair in listed if isinstance(pair[1], (list, tuple))]):
        parts = [column(one) for one in group]
        texts = [" ".join(row) for row in zip(*(frame[part].astype(str) for part in parts), strict=True)]
        name = "_".join(map(str, parts)) if name is None else name
        frame = frame if keep else frame.drop(columns=parts)
        frame.insert(0, name, read_dates(pandas, texts, parser))
    places = [] if index is None or index is False else list(index) if isinstance(index, (list, tuple)) else [index]
    places = [column(one) for one in places]
    alone = places if asked is True else [column(one) for _, one in listed if not isinstance(one, (list, tuple))]
    for one in alone:
        frame[one] = read_dates(pandas, frame[one].astype(str).tolist(), parser)
    return frame.set_index(places if len(places) > 1 else places[0]) if places else frame


def read_dates(pandas: Any, texts: list[str], parser: Callable | None) -> Any:
    """Texts as dates: by the function one by one, or all at once where it wants that."""
    if parser is None:
        return pandas.to_datetime(texts)
    try:
        return pandas.to_datetime([parser(text) for text in texts])
    except (TypeError, AttributeError):
        return pandas.to_datetime(parser(np.array(texts, object)))
