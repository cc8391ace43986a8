"""Tables: `tf.data.experimental.make_csv_dataset` and `CsvDataset`: files of comma-separated values as streams of columns.

    stream = tf.data.experimental.make_csv_dataset("titanic.csv", 32, label_name="survived", num_epochs=1)
    for columns, labels in stream: ...                              {"age": (32,), "sex": (32,), ...} and (32,)
"""

import glob
import io
from collections.abc import Iterator
from typing import Any

import torch

from nabi.as_keras.tensorflow.parsing import cell, column, default_of, rows_of
from nabi.as_keras.tensorflow.records import FileDataset, names_of, opened
from nabi.core.errors import ArgumentError, DataError, did_you_mean
from nabi.data.stream import AUTOTUNE, Dataset
from nabi.data.strings import Strings

__all__ = ["CsvDataset", "make_csv_dataset"]
INT32 = 2**31


def cells_of(name: str, delimiter: str, quotes: bool, compression: Any = None) -> Iterator[list[str]]:
    """The cells of a file's lines; empty lines are passed over."""
    with opened(name, compression) as file:
        yield from (row for row in rows_of(io.TextIOWrapper(file, "utf-8", newline=""), delimiter, quotes) if row)


def kind_of(texts: list[str], na_value: str) -> Any:
    """The first of int32, int64, float32 and texts that all cells are; missing ones say nothing."""
    kinds = {kind_of_cell(text) for text in texts if text not in ("", na_value)}
    return next((kind for kind in ("string", torch.float32, torch.int64) if kind in kinds), torch.int32)


def kind_of_cell(text: str) -> Any:
    """The dtype of one cell."""
    try:
        number = int(text)
        return torch.int32 if -INT32 <= number < INT32 else torch.int64
    except ValueError:
        pass
    try:
        float(text)
        return torch.float32
    except ValueError:
        return "string"


def make_csv_dataset(file_pattern: Any, batch_size: int, column_names: Any = None, column_defaults: Any = None,
                     label_name: str | None = None, select_columns: Any = None, field_delim: str = ",",
                     use_quote_delim: bool = True, na_value: str = "", header: bool = True, num_epochs: int | None = None,
                     shuffle: bool = True, shuffle_buffer_size: int = 10000, shuffle_seed: int | None = None,
                     prefetch_buffer_size: Any = None, num_parallel_reads: Any = None, sloppy: bool = False,
                     num_rows_for_inference: int | None = 100, compression_type: str | None = None,
                     ignore_errors: bool = False, encoding: str = "utf-8") -> Dataset:
    """Batches of a table's columns by name, and labels where a column is named so.

    Args:
        file_pattern: a pattern of names, or several.
        batch_size: rows a batch.
        column_names: of all columns; None takes them from the first line.
        column_defaults: a value for each column (or each selected one) where it is missing; None finds the dtypes out by looking.
        label_name: the column that is given beside the others.
        select_columns: names or numbers of the columns to give.
        field_delim, use_quote_delim, na_value: see `tf.io.decode_csv`.
        header: whether the first line names the columns.
        num_epochs: passes; None goes on for ever, in whole batches.
        shuffle, shuffle_buffer_size, shuffle_seed: rows in a random order.
        num_rows_for_inference: how many rows are looked at; None looks at all.
        compression_type: "GZIP", "ZLIB" or None.
        ignore_errors: leaves lines out that do not fit.
        prefetch_buffer_size, num_parallel_reads, sloppy, encoding: accepted.

    Raises ArgumentError for files or columns that are not there; DataError for cells that do not fit.
    """
    where = "make_csv_dataset"
    patterns = names_of(file_pattern)
    files = sorted({name for pattern in patterns for name in glob.glob(pattern)})
    if not files:
        raise ArgumentError(f"{where}(file_pattern)", "a pattern that files match", ", ".join(map(repr, patterns)))
    rows: list[list[str]] = []
    names = None if column_names is None else [str(name) for name in column_names]
    for file in files:
        found = cells_of(file, field_delim, use_quote_delim, compression_type)
        first = next(found, []) if header else None
        names = names or first
        rows += found
    if not names:
        raise ArgumentError(f"{where}(column_names)", "the names of the columns, since header=False", "none")
    for name in [*(select_columns or ()), *([] if label_name is None else [label_name])]:
        if isinstance(name, str) and name not in names:
            raise ArgumentError(f"{where}(label_name, select_columns)", f"one of the columns {', '.join(names)}", repr(name),
                                did_you_mean(name, names))
    chosen = list(range(len(names))) if select_columns is None else [
        names.index(one) if isinstance(one, str) else int(one) for one in select_columns]
    fitting = [row for row in rows if len(row) == len(names)]
    if len(fitting) < len(rows) and not ignore_errors:
        odd = next(row for row in rows if len(row) != len(names))
        raise DataError(where, f"{len(names)} cells in each line", f"{len(odd)} in {field_delim.join(odd)[:80]!r}",
                        "Write ignore_errors=True to leave such lines out.")
    given = None if column_defaults is None else list(column_defaults)
    if given is not None and len(given) == len(names):
        given = [given[k] for k in chosen]
    looked = fitting[: num_rows_for_inference or None]
    forms = [default_of(one) for one in given] if given is not None else [
        (kind := kind_of([row[k] for row in looked], na_value), "" if kind == "string" else 0) for k in chosen]
    table = []
    for row in fitting:
        try:
            table.append([cell(row[k], *form, na_value, where) for k, form in zip(chosen, forms, strict=True)])
        except DataError:
            if not ignore_errors:
                raise
    columns: dict[str, Any] = {names[k]: column([row[n] for row in table], form[0])
                               for n, (k, form) in enumerate(zip(chosen, forms, strict=True))}
    labels = columns.pop(label_name) if label_name is not None else None
    made = Dataset.from_tensor_slices(columns if label_name is None else (columns, labels))
    if shuffle:
        made = made.shuffle(max(int(shuffle_buffer_size), 1), shuffle_seed)
    return made.repeat(num_epochs).batch(batch_size, drop_remainder=num_epochs is None).prefetch(AUTOTUNE)


class CsvDataset(FileDataset):
    """The lines of tables as tuples, one value a column.

    Args:
        filenames: a name, several, or a stream of names.
        record_defaults: as of `tf.io.decode_csv`.
        compression_type: "GZIP", "ZLIB" or None.
        buffer_size: accepted.
        header: whether a first line is passed over.
        field_delim, use_quote_delim, na_value: as of `tf.io.decode_csv`.
        select_cols, exclude_cols: numbers of the columns to give, or to leave out.
    """

    def __init__(self, filenames: Any, record_defaults: Any, compression_type: Any = None, buffer_size: Any = None,
                 header: bool = False, field_delim: str = ",", use_quote_delim: bool = True, na_value: str = "",
                 select_cols: Any = None, exclude_cols: Any = None):
        forms = [default_of(one) for one in record_defaults]

        def tuples(name: str) -> Iterator[tuple]:
            found = cells_of(name, field_delim, use_quote_delim, compression_type)
            if header:
                next(found, None)
            for row in found:
                chosen = [row[k] for k in select_cols] if select_cols is not None else [
                    text for k, text in enumerate(row) if k not in (exclude_cols or ())]
                if len(chosen) != len(forms):
                    raise DataError("CsvDataset(record_defaults)", f"{len(forms)} columns", f"{len(chosen)} in {name}")
                yield tuple(value_of(cell(text, *form, na_value, f"CsvDataset, {name}"), form[0])
                            for text, form in zip(chosen, forms, strict=True))

        super().__init__(filenames, lambda name: iter(()))
        self.run = lambda: (row for name in names_of(filenames) for row in tuples(name))


def value_of(value: Any, kind: Any) -> Any:
    """One value as a tensor or a text."""
    return Strings(value) if kind == "string" else torch.tensor(value, dtype=kind)
