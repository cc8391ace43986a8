"""Workers: many pictures decoded at once: in this process, by threads, or by processes, whichever a short timing favours.

    sample            seconds a picture, alone
    rest < 1 s        here: starting processes takes longer than it saves
    threads           where they decode a sample nearly as many times faster as there are cores (large pictures: Pillow lets go of
                      the interpreter while it decodes)
    processes         else (small pictures, whose decoding is mostly Python)

Processes are ordinary programs (see `hand`) that are told over pipes which pictures to decode: nothing is pickled, a script needs
no `if __name__ == "__main__":`, Ctrl-C does not reach them, and they end when this process ends, however it ends.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from itertools import islice
from pathlib import Path

import numpy as np

from nabi.core.errors import FileError, StateError
from nabi.core.warning import warn
from nabi.core.words import one_of
from nabi.pictures.decoding import Preparation
from nabi.pictures.hand import Done, Hand, Task, order, packed

KINDS = ("auto", "here", "threads", "processes")
SAMPLE = 32  # pictures that are timed
SHORT = 1.0  # seconds of work that are done here
GAIN = 0.8  # of the number of cores: by so much threads must be faster than one
CHUNK_SECONDS = 0.05
CHUNK_BYTES = 2**23  # of pixels, or of pictures that go over a pipe
TICK = 0.1  # seconds between two reports


class Remote:
    """A hand in a process of its own. One that dies of a picture is started anew, and that picture is told as damaged.

    Args:
        place, how: as in `Hand`; `place` is a path.

    Raises:
        WorkerDied: the process does not start.
    """

    def __init__(self, place: Path, how: Preparation):
        self.first = order(place, how)
        self.process: subprocess.Popen | None = None
        self.start()

    def start(self) -> None:
        """Starts the process; `ready` waits for it."""
        self.close()
        source = str(Path(__file__).parents[2])
        path = os.pathsep.join([source, *filter(None, [os.environ.get("PYTHONPATH")])])
        try:
            self.process = subprocess.Popen([sys.executable, "-P", "-m", "nabi.pictures.hand"], stdin=subprocess.PIPE,
                                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                            env={**os.environ, "PYTHONPATH": path},
                                            process_group=0 if os.name == "posix" else None)
        except OSError as error:
            raise WorkerDied("worker process", "one that starts", f"this error: {error}") from None

    def ready(self) -> None:
        """Waits until the process can be told what to do.

        Raises:
            WorkerDied: it has ended.
        """
        try:
            self.told(self.first)
        except WorkerDied:
            self.close()
            raise

    def told(self, message: bytes) -> list[Done]:
        """The answer to a message.

        Raises:
            WorkerDied: there is none. Unwritable: it could not write.
        """
        process = self.process
        assert process is not None and process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(message)
            process.stdin.flush()
        except OSError:  # a broken pipe: there is no answer either
            pass
        line = process.stdout.readline()
        if not line:
            raise WorkerDied("worker process", "an answer", "its end")
        answer = json.loads(line)
        if isinstance(answer, dict):
            raise Unwritable(answer["error"])
        return [(number, digest, reason) for number, digest, reason in answer]

    def __call__(self, tasks: Sequence[Task]) -> list[Done]:
        """Decodes some pictures; see `Hand`."""
        try:
            return self.told(packed(tasks))
        except WorkerDied:
            self.start()
            self.ready()
        if len(tasks) == 1:
            return [(tasks[0][0], "", "the decoder crashed on it")]
        half = len(tasks) // 2
        return self(tasks[:half]) + self(tasks[half:])

    def close(self) -> None:
        """Ends the process; what it was decoding is lost."""
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            for pipe in (process.stdin, process.stdout):
                try:
                    pipe.close()  # type: ignore[union-attr]
                except OSError:  # what was not told yet cannot be told any more
                    pass
            process.wait()


class WorkerDied(StateError):
    """A worker process has ended before its work has."""


class Unwritable(FileError):
    """A worker process could not write pixels.

    Args:
        why: what the system said.
    """

    def __init__(self, why: str):
        super().__init__("decoded pictures", "room for them", why)
        self.strerror = why


class Crew:
    """Hands that share one stream of tasks.

    Args:
        tasks: all that is to be done; read by one hand at a time, so a source need not be readable by several.
        count: how many they are.
        done: takes what each chunk gave; called by one hand at a time.
        tell: takes (done, count) now and then.
    """

    def __init__(self, tasks: Iterator[Task], count: int, done: Callable[[list[Done]], None],
                 tell: Callable[[int, int], None] | None = None):
        self.tasks, self.count, self.took, self.tell = tasks, count, done, tell or (lambda done, count: None)
        self.finished, self.chunk = 0, SAMPLE
        self.reading, self.writing, self.stop = threading.Lock(), threading.Lock(), threading.Event()

    def work(self, hands: Sequence[Callable[[list[Task]], list[Done]]], most: int | None = None) -> float:
        """Lets the hands work until nothing is left, or each has done `most` pictures; gives the seconds that took.

        Raises:
            Whatever reading a task, a hand or `done` raised, when every hand has stopped. KeyboardInterrupt: likewise.
        """
        begin = told = time.perf_counter()
        with ThreadPoolExecutor(len(hands)) as threads:
            running = {threads.submit(self.run, hand, most) for hand in hands}
            try:
                while running:
                    ended, running = wait(running, TICK, FIRST_EXCEPTION)
                    for thread in ended:
                        thread.result()
                    if time.perf_counter() - told > TICK:
                        told = time.perf_counter()
                        self.tell(self.finished, self.count)
            except BaseException:
                self.stop.set()
                raise
        return time.perf_counter() - begin

    def run(self, hand: Callable[[list[Task]], list[Done]], most: int | None) -> None:
        """One hand's thread."""
        left = self.count if most is None else most
        while left > 0 and not self.stop.is_set():
            tasks = self.next_tasks(min(left, self.chunk))
            if not tasks:
                return
            done = hand(tasks)
            left -= len(tasks)
            with self.writing:
                self.took(done)
                self.finished += len(tasks)

    def next_tasks(self, most: int) -> list[Task]:
        """The next tasks: at most so many, and no more bytes than fit well through a pipe."""
        tasks, size = [], 0
        with self.reading:
            for task in islice(self.tasks, most):
                tasks.append(task)
                size += len(task[1]) if isinstance(task[1], bytes) else 0
                if size > CHUNK_BYTES:
                    break
        return tasks


def decode_all(tasks: Iterator[Task], count: int, place: np.ndarray | Path, how: Preparation, done: Callable[[list[Done]], None],
               workers: str = "auto", tell: Callable[[int, int], None] | None = None) -> str:
    """Decodes all tasks into an array or the .npy file of one; gives the way that was taken: "here", "threads" or "processes".

    Args:
        tasks, count, done, tell: as in `Crew`.
        place, how: as in `Hand`. An array is not for processes.
        workers: "here", "threads", "processes", or "auto": by a timing of the first pictures.

    Raises:
        ArgumentError: other workers. OSError: the source cannot be read, or the pixels not be written.
    """
    one_of("from_folder(workers)", workers, KINDS)
    crew, cores, hands = Crew(tasks, count, done, tell), core_count(), []
    try:
        hands.append(Hand(place, how))
        if workers == "auto":
            crew.work(hands, 1)  # the first one loads what Pillow needs
            before = crew.finished
            each = crew.work(hands, SAMPLE) / max(crew.finished - before, 1)
            row = how.size[0] * how.size[1] * how.channels
            crew.chunk = int(min(max(CHUNK_SECONDS / max(each, 1e-6), 4), 512, max(CHUNK_BYTES // row, 4)))
            workers = "here" if cores == 1 or (count - crew.finished) * each < SHORT else ""
            if not workers:
                hands += [Hand(place, how) for _ in range(cores - 1)]
                before = crew.finished
                seconds = crew.work(hands, max(SAMPLE // 2, crew.chunk))
                gain = each * (crew.finished - before) / max(seconds, 1e-9)
                workers = "threads" if gain > GAIN * cores or isinstance(place, np.ndarray) else "processes"
        if workers == "threads":
            hands += [Hand(place, how) for _ in range(cores - len(hands))]
        elif workers == "processes":
            workers = replaced(hands, place, how, cores)
        crew.work(hands)
    finally:
        closed(hands)
    return workers


def replaced(hands: list, place: np.ndarray | Path, how: Preparation, cores: int) -> str:
    """Processes instead of hands in this process; where none starts, the hands go on as threads, with a warning."""
    assert isinstance(place, Path)
    made: list[Remote] = []
    try:
        for _ in range(cores):
            made.append(Remote(place, how))
        for remote in made:
            remote.ready()
    except WorkerDied as error:
        closed(made)
        warn(f"Pictures are decoded by threads: {error}")
        hands += [Hand(place, how) for _ in range(cores - len(hands))]
        return "threads"
    except KeyboardInterrupt:
        closed(made)
        raise
    closed(hands)
    hands[:] = made
    return "processes"


def closed(hands: list) -> None:
    """Closes each hand."""
    for hand in hands:
        hand.close()


def core_count() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spans(entries: Sequence, numbers: Sequence[int]) -> Iterator[Task]:
    """The tasks of entries that can be read at any place."""
    return ((number, (entries[number].path, entries[number].offset, entries[number].size)) for number in numbers)

