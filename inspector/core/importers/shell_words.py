"""The commands of a shell text as words: enough of sh, bash and cmd.exe for curl lines that people paste.

Nothing is ever run. Text is one character a byte (Latin-1), so that words are bytes. Sources: POSIX.1-2017
sections 2.2 (quoting) and 2.7.4 (here-documents), bash's `$'…'`, cmd.exe's `^`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from inspector.core.importers.entry import EntryError

_CMD = re.compile(r'curl(?:\.exe)? \^"| \^\r?\n')
_CARET = re.compile(r"\^\r?\n(\r?\n)?|\^(.)")
_PRINTF = re.compile(r"\$\(printf '([^']*)'\)")
_HEREDOC = re.compile(r"<<(-?)[ \t]*(['\"]?)([A-Za-z_][A-Za-z0-9_]*)\2")
_ANSI = re.compile(r"\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|([0-7]{1,3})|([\s\S]))")
_NAMED = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "v": "\v"}
_SPACE = " \t\r"


@dataclass(slots=True)
class Command:
    """One simple command; `feeds` the next one where a pipe stands behind it."""

    line: int
    words: list[str] = field(default_factory=list)
    document: str | None = None
    """Its here-document."""
    feeds: bool = False


def commands(text: str) -> list[Command]:
    """The commands of the text. Raises EntryError where a quotation does not end."""
    if _CMD.search(text):
        text = _CARET.sub(lambda found: "\n" if found[1] else found[2] or "", text)
        return _Words(text, windows=True).read()
    return _Words(text, windows=False).read()


def unescaped(text: str) -> str:
    """What `$'…'` and the format of printf stand for."""
    return _ANSI.sub(_unescape, text)


def _unescape(found: re.Match[str]) -> str:
    wide = found[2] or found[3]
    if wide:
        number = int(wide, 16)
        return chr(number).encode("utf-8", "replace").decode("latin-1") if number < 0x110000 else "?"
    if found[1]:
        return chr(int(found[1], 16))
    if found[4]:
        return chr(int(found[4], 8) & 0xFF)
    return _NAMED.get(found[5], found[5] if found[5] in "\\'\"?" else "\\" + found[5])


class _Words:
    def __init__(self, text: str, *, windows: bool) -> None:
        self._text = text.replace("\r\n", "\n")
        self._at = 0
        self._windows = windows
        self._word: str | None = None
        self._found: list[Command] = []
        self._current = Command(1)
        self._awaited: list[tuple[Command, str, bool]] = []

    def read(self) -> list[Command]:
        while self._at < len(self._text):
            self._step(self._text[self._at])
        self._end_command()
        return self._found

    def _step(self, character: str) -> None:
        text, at = self._text, self._at
        if character in _SPACE:
            self._end_word()
            self._at += 1
        elif character == "\n":
            self._end_word()
            self._at += 1
            self._documents()
            if self._current.words or not (self._found and self._found[-1].feeds):
                self._end_command()
        elif character == "#" and self._word is None:
            end = text.find("\n", at)
            self._at = len(text) if end < 0 else end
        elif character in ";|&" and not (self._windows and character == ";"):
            self._operator(character)
        elif character in "\\`" and text[at + 1 : at + 2] == "\n":
            self._at += 2
        elif character == "\\" and not self._windows:
            self._add(text[at + 1 : at + 2])
            self._at += 2
        elif character == "'" and not self._windows:
            self._at = self._until("'", at + 1)
            self._add(text[at + 1 : self._at - 1])
        elif text.startswith("$'", at) and not self._windows:
            self._ansi()
        elif character == '"':
            self._double()
        elif (here := _HEREDOC.match(text, at)) and not self._windows:
            self._end_word()
            self._awaited.append((self._current, here[3], bool(here[1])))
            self._at = here.end()
        else:
            self._add(character)
            self._at += 1

    def _operator(self, character: str) -> None:
        self._end_word()
        doubled = self._text[self._at + 1 : self._at + 2] == character
        self._current.feeds = character == "|" and not doubled
        self._end_command()
        self._at += 2 if doubled else 1

    def _ansi(self) -> None:
        at = self._at + 2
        while at < len(self._text) and self._text[at] != "'":
            at += 2 if self._text[at] == "\\" else 1
        if at >= len(self._text):
            raise self._open("$'")
        self._add(unescaped(self._text[self._at + 2 : at]))
        self._at = at + 1

    def _double(self) -> None:
        text, at = self._text, self._at + 1
        parts: list[str] = []
        while at < len(text) and text[at] != '"':
            following = text[at + 1 : at + 2]
            if text[at] == "\\" and following in ('"\\' if self._windows else '"\\$`\n') and following:
                parts.append("" if following == "\n" else following)
                at += 2
            elif not self._windows and (made := _PRINTF.match(text, at)):
                parts.append(unescaped(made[1]).replace("%%", "%"))
                at = made.end()
            else:
                parts.append(text[at])
                at += 1
        if at >= len(text):
            raise self._open('"')
        self._add("".join(parts))
        self._at = at + 1

    def _documents(self) -> None:
        for command, end, tabs in self._awaited:
            lines: list[str] = []
            while self._at < len(self._text):
                stop = self._text.find("\n", self._at)
                stop = len(self._text) if stop < 0 else stop
                line = self._text[self._at : stop]
                self._at = stop + 1
                line = line.lstrip("\t") if tabs else line
                if line == end:
                    break
                lines.append(line + "\n")
            command.document = "".join(lines)
        self._awaited.clear()

    def _add(self, text: str) -> None:
        if self._word is None and not self._current.words:
            self._current.line = self._text.count("\n", 0, self._at) + 1
        self._word = (self._word or "") + text

    def _end_word(self) -> None:
        if self._word is not None:
            self._current.words.append(self._word)
            self._word = None

    def _end_command(self) -> None:
        self._end_word()
        if self._current.words:
            self._found.append(self._current)
        self._current = Command(0)

    def _until(self, mark: str, start: int) -> int:
        end = self._text.find(mark, start)
        if end < 0:
            raise self._open(mark)
        return end + 1

    def _open(self, mark: str) -> EntryError:
        line = self._text.count("\n", 0, self._at) + 1
        return EntryError(f"The quotation that {mark} begins in line {line} does not end.")
