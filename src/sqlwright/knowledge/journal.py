"""What one `learn` has done, beside the index: one that is interrupted is not begun from nothing.

    passages.jsonl           a line for each file that was read, after one that says for what
    vectors-DIGEST-WIDTH     the digest of a text and its vector, one after the other

Whatever was cut off in the middle is left out when it is opened again. A journal holds what the
index will hold, with nothing more of secrets, and goes when the index is written.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from sqlwright.knowledge.passages import Passage
from sqlwright.knowledge.store import unwritten

_KEY = 16  # bytes of the digest of a text


def key_of(text: str) -> bytes:
    """What a text's vector is found by."""
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()[:_KEY]


class Journal:
    """An open journal.

    Attributes:
        width: how many numbers its vectors have; 0 where there are none yet.
    """

    def __init__(self, folder: Path, purpose: str, digest: str, label: str) -> None:
        """Opens what is there for the purpose, or begins anew.

        Args:
            folder: where it is kept.
            purpose: what files are read for; what was read for another is forgotten.
            digest: of the embedding; vectors of another are forgotten.
            label: how to name the index to a person.

        Raises:
            DataError: if there is no room to write; so do the methods that keep something.
        """
        self._folder, self._digest, self._label = folder, digest, label
        self._places: dict[str, tuple[str, int]] = {}  # of a file: its digest, its line
        self._found: dict[bytes, int] = {}  # of a text: which vector
        self.width = 0
        self._vectors: IO[bytes] | None = None
        with self._writing():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lines = self._open_lines(purpose)
            for path in folder.glob("vectors-*"):
                _, of, width = path.name.split("-")
                if of == digest and not self.width:
                    self._open_vectors(int(width))
                else:
                    path.unlink()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise unwritten(self._label, error) from None

    def _open_lines(self, purpose: str) -> IO[bytes]:
        path = self._folder / "passages.jsonl"
        file = path.open("a+b")
        file.seek(0)
        head = json.dumps({"purpose": purpose}).encode() + b"\n"
        if file.readline() != head:
            file.truncate(0)
            file.write(head)
            file.flush()
            return file
        while line := file.readline():
            try:
                said = json.loads(line)
                self._places[said["origin"]] = (said["digest"], file.tell() - len(line))
            except (ValueError, TypeError, KeyError):
                file.truncate(file.tell() - len(line))
                break
        return file

    def _open_vectors(self, width: int) -> None:
        self.width = width
        path = self._folder / f"vectors-{self._digest}-{width}"
        self._vectors = path.open("a+b")
        size = _KEY + 4 * width
        self._vectors.truncate(self._vectors.tell() // size * size)
        self._vectors.seek(0)
        number = 0
        while one := self._vectors.read(size):
            self._found[one[:_KEY]] = number
            number += 1

    def read(self, origin: str, digest: str) -> tuple[list[Passage], list[str]] | None:
        """The passages of a file with this digest, and the notes on it; None if it was not read."""
        was, start = self._places.get(origin, ("", 0))
        if was != digest:
            return None
        self._lines.seek(start)
        said = json.loads(self._lines.readline())
        return [_passage(one) for one in said["passages"]], said["notes"]

    def keep(
        self, origin: str, digest: str, passages: Sequence[Passage], notes: Sequence[str]
    ) -> None:
        """Notes that a file was read."""
        said = {"origin": origin, "digest": digest, "notes": list(notes)}
        line = json.dumps(said | {"passages": [asdict(one) for one in passages]})
        with self._writing():
            start = self._lines.seek(0, 2)
            self._lines.write(line.encode() + b"\n")
            self._lines.flush()
        self._places[origin] = (digest, start)

    def has_vector(self, key: bytes) -> bool:
        """Was this text embedded?"""
        return key in self._found

    def vector(self, key: bytes) -> bytes:
        """The vector of a text that was embedded."""
        assert self._vectors is not None
        self._vectors.seek(self._found[key] * (_KEY + 4 * self.width) + _KEY)
        return self._vectors.read(4 * self.width)

    def keep_vectors(self, found: Iterable[tuple[bytes, bytes]]) -> None:
        """Notes vectors, each with the key of its text."""
        with self._writing():
            for key, vector in found:
                if self._vectors is None:
                    self._open_vectors(len(vector) // 4)
                assert self._vectors is not None
                if key not in self._found:
                    self._vectors.seek(0, 2)
                    self._vectors.write(key + vector)
                    self._found[key] = len(self._found)
            if self._vectors is not None:
                self._vectors.flush()

    def close(self) -> None:
        """Lets go of the files; they stay, where they hold anything."""
        # what could not be written, for want of room, stays in a buffer and is tried again here
        with suppress(OSError):
            self._lines.close()
        with suppress(OSError):
            if self._vectors is not None:
                self._vectors.close()
        if not self._places and not self._found:
            shutil.rmtree(self._folder, ignore_errors=True)

    def remove(self) -> None:
        """Forgets everything: the index is written."""
        self.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def _passage(values: dict[str, Any]) -> Passage:
    return Passage(**{**values, "tables": tuple(values["tables"])})
