"""The body views on real widgets: what a user sees, copies, searches and jumps to."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QAction, QGuiApplication, QImage, QKeySequence
from pytestqt.qtbot import QtBot

from inspector.core.headers import HeaderPairs
from inspector.gui.background import Background
from inspector.gui.body.body_view import BodyView
from inspector.gui.body.json_model import JsonModel

WAIT_MS = 60_000
JSON: HeaderPairs = ((b"Content-Type", b"application/json"),)
ARRIVED_NS = 1_705_314_604_000_000_000


@pytest.fixture
def background(qapp: object) -> Iterator[Background]:
    pool = Background()
    yield pool
    pool.close()


@pytest.fixture
def view(qtbot: QtBot, background: Background) -> BodyView:
    made = BodyView(background)
    made.resize(480, 600)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def show(qtbot: QtBot, view: BodyView) -> Callable[[bytes, HeaderPairs], None]:
    def shows(body: bytes, headers: HeaderPairs) -> None:
        view.show_body(body, headers, ARRIVED_NS)
        qtbot.waitUntil(lambda: view.reading is not None and view.reading.raw == body, timeout=WAIT_MS)

    return shows


Show = Callable[[bytes, HeaderPairs], None]


def model_of(view: BodyView) -> JsonModel:
    model = view.tree.tree.model()
    assert isinstance(model, JsonModel)
    return model


def rows(model: JsonModel, place: QModelIndex) -> list[tuple[str, str]]:
    found = [model.row_text(model.index(row, 0, place)) for row in range(model.rowCount(place))]
    return [(row.key, row.value) for row in found]


def test_the_tree_shows_lexemes_counts_and_hints(view: BodyView, show: Show) -> None:
    body = b'{"n": 12345678901234567890, "f": 1.0, "e": 1e5, "s": "\\u00e9", "t": 1705314600, '
    body += b'"d": {"a": [1, 2]}, "x": null}'
    show(gzip.compress(body, mtime=0), (*JSON, (b"Content-Encoding", b"gzip")))
    model = model_of(view)
    top = model.index(0, 0)
    assert model.row_text(top).value == "{7}"
    assert rows(model, top) == [
        ("n", "12345678901234567890"),
        ("f", "1.0"),
        ("e", "1e5"),
        ("s", '"\\u00e9"'),
        ("t", "1705314600"),
        ("d", "{1}"),
        ("x", "null"),
    ]
    hint = model.row_text(model.index(4, 0, top)).hint
    assert hint is not None
    assert hint.short.endswith("4 s before arrival")
    assert "gzip" in view.bar.words.text()
    assert "→" in view.bar.words.text()


def test_duplicate_keys_are_counted_marked_and_reached(view: BodyView, show: Show, qtbot: QtBot) -> None:
    show(b'{"a": 1, "b": {"a": 2}, "a": 3}', JSON)
    assert view.bar.duplicates.text() == "duplicate keys: 1"
    view.bar.duplicates.click()
    model = model_of(view)
    current = view.tree.tree.currentIndex()
    assert model.row_text(current).duplicate
    assert model.row_text(current).value == "3"


def test_broken_json_shows_what_there_is_and_jumps(view: BodyView, show: Show, qtbot: QtBot) -> None:
    show(b'{\n  "a": [1, 2],\n  "b": tru\n}', JSON)
    assert "line 3, column 8" in view.bar.trouble.text()
    assert view.bar.banner.isVisible()
    assert rows(model_of(view), model_of(view).index(0, 0)) == [("a", "[2]")]
    with qtbot.waitSignal(view.shown, timeout=WAIT_MS):
        view.bar.jump.click()
    assert view.view_key == "raw"
    cursor = view.text.edit.textCursor()
    assert (cursor.blockNumber(), cursor.positionInBlock()) == (2, 7)


def test_text_that_is_no_json_at_all_is_shown_raw(view: BodyView, show: Show, qtbot: QtBot) -> None:
    show(b"sorry", JSON)
    qtbot.waitUntil(lambda: view.text.edit.toPlainText() == "sorry", timeout=WAIT_MS)
    assert "JSON breaks at line 1, column 1" in view.bar.trouble.text()


def test_big_arrays_come_in_groups_and_are_found(view: BodyView, show: Show, qtbot: QtBot) -> None:
    show(json.dumps({"items": [{"n": n} for n in range(23_456)]}).encode(), JSON)
    model = model_of(view)
    items = model.index(0, 0, model.index(0, 0))
    assert [key for key, _ in rows(model, items)] == ["[0 … 9,999]", "[10,000 … 19,999]", "[20,000 … 23,455]"]
    view.tree.find_line.open()
    view.tree.find_line.line.setText("12345")
    qtbot.waitUntil(lambda: view.tree.path_label.text() == "$.items[12345].n", timeout=WAIT_MS)
    assert model.row_text(view.tree.tree.currentIndex()).value == "12345"


def test_search_goes_on_and_back(view: BodyView, show: Show, qtbot: QtBot) -> None:
    show(b'{"one": "needle", "Needle": [0, "x needle"]}', JSON)
    view.tree.find_line.open()
    view.tree.find_line.line.setText("needle")
    paths = view.tree.path_label
    qtbot.waitUntil(lambda: paths.text() == "$.one", timeout=WAIT_MS)
    seen = []
    for modifier in (Qt.KeyboardModifier.NoModifier,) * 3 + (Qt.KeyboardModifier.ShiftModifier,):
        qtbot.keyClick(view.tree.find_line.line, Qt.Key.Key_Return, modifier)
        seen.append(paths.text())
    assert seen == ["$.Needle", "$.Needle[1]", "$.one", "$.Needle[1]"]


def test_copies(view: BodyView, show: Show, qtbot: QtBot) -> None:
    show(b'{"a b": {"s": "line\\n\\u00e9", "n": [1.0 ,2]}}', JSON)
    tree = view.tree
    clipboard = QGuiApplication.clipboard()
    tree.go_to(12)
    tree.copy_value()
    assert clipboard.text() == "line\né"
    tree.copy_path()
    assert clipboard.text() == "$['a b'].s"
    tree.copy_subtree()
    assert clipboard.text() == '"line\\n\\u00e9"'
    tree.go_to(view.reading.data.index(b"1.0") - 1 if view.reading else 0)
    tree.copy_subtree()
    assert clipboard.text() == "[1.0 ,2]"
    tree.copy_indented()
    qtbot.waitUntil(lambda: clipboard.text() == "[\n  1.0,\n  2\n]", timeout=WAIT_MS)


def test_expand_all_is_bounded_and_collapse_leaves_the_top(view: BodyView, show: Show, qtbot: QtBot) -> None:
    show(json.dumps([[[[n]] * 3] * 3 for n in range(90)]).encode(), JSON)
    view.tree.tree.setCurrentIndex(model_of(view).index(0, 0))
    qtbot.keyClick(view.tree.tree, Qt.Key.Key_Asterisk)
    model = model_of(view)
    first = model.index(0, 0, model.index(0, 0))
    assert view.tree.tree.isExpanded(model.index(0, 0, first))
    view.tree.collapse_all()
    assert view.tree.tree.isExpanded(model.index(0, 0))
    assert not view.tree.tree.isExpanded(first)


def test_the_choice_is_remembered_for_each_kind(view: BodyView, show: Show, qtbot: QtBot) -> None:
    show(b'{"a":1.0}', JSON)
    with qtbot.waitSignal(view.shown, timeout=WAIT_MS):
        view.bar.view_chosen.emit("formatted")
    assert view.text.edit.toPlainText() == '{\n  "a": 1.0\n}'
    show(b"a=1&a=2", ((b"Content-Type", b"application/x-www-form-urlencoded"),))
    assert view.view_key == "fields"
    show(b'{"b":2}', JSON)
    assert view.view_key == "formatted"
    qtbot.waitUntil(lambda: '"b": 2' in view.text.edit.toPlainText(), timeout=WAIT_MS)


def test_form_fields(view: BodyView, show: Show) -> None:
    show(b"a=1+2&b=%3Cb%3E&a=%E2%80%AEx", ((b"Content-Type", b"application/x-www-form-urlencoded"),))
    table = view.fields
    cells = [(item.text(0), item.text(1)) for item in (table.topLevelItem(row) for row in range(3)) if item]
    assert cells == [("a", "1 2"), ("b", "<b>"), ("a  (repeated)", "⟨U+202E⟩x")]


def test_parts_show_the_chosen_one_below(view: BodyView, show: Show, qtbot: QtBot) -> None:
    body = (
        b'--B\r\nContent-Disposition: form-data; name="meta"\r\n'
        b'Content-Type: application/json\r\n\r\n{"a":1}\r\n'
        b'--B\r\nContent-Disposition: form-data; name="f"; filename="../<b>.bin"\r\n\r\n\x00\x01\r\n--B--\r\n'
    )
    show(body, ((b"Content-Type", b"multipart/form-data; boundary=B"),))
    part = view.part
    assert part is not None
    qtbot.waitUntil(lambda: part.view_key == "tree", timeout=WAIT_MS)
    second = view.parts.topLevelItem(1)
    assert second is not None
    assert second.text(1) == "../<b>.bin"
    view.parts.setCurrentItem(second)
    qtbot.waitUntil(lambda: part.view_key == "hex", timeout=WAIT_MS)
    assert part.reading is not None
    assert part.reading.raw == b"\x00\x01"


def test_pictures_are_decoded_or_said_to_be_damaged(view: BodyView, show: Show, qtbot: QtBot) -> None:
    from PySide6.QtCore import QBuffer, QIODevice

    image = QImage(30, 20, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    png = bytes(buffer.data().data())
    show(png, ((b"Content-Type", b"image/png"),))
    qtbot.waitUntil(lambda: view.picture.words.text() == "PNG, 30 × 20 pixels", timeout=WAIT_MS)
    show(png[:40], ())
    qtbot.waitUntil(lambda: "Hex shows its bytes" in view.picture.words.text(), timeout=WAIT_MS)


def test_hex_of_many_bytes_copies_rows(view: BodyView, show: Show, qtbot: QtBot) -> None:
    show(bytes(range(256)) * 40_000, ())
    assert view.view_key == "hex"
    view.hex.go_to(5_000_000)
    view.hex.setFocus()
    qtbot.keyClick(view.hex, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().startswith("004c4b40  40 41 42")


def test_hostile_text_stays_text(view: BodyView, show: Show, qtbot: QtBot) -> None:
    show("<script>\u202e\x07</script>".encode(), ((b"Content-Type", b"text/plain; charset=utf-8"),))
    qtbot.waitUntil(lambda: view.text.edit.toPlainText() == "<script>⟨U+202E⟩␇</script>", timeout=WAIT_MS)


def test_long_text_arrives_whole_in_slices(view: BodyView, show: Show, qtbot: QtBot) -> None:
    text = "".join(f"line {n}\n" for n in range(20_000))
    show(text.encode(), ((b"Content-Type", b"text/plain"),))
    qtbot.waitUntil(lambda: view.text.edit.blockCount() == 20_001, timeout=WAIT_MS)
    assert view.text.edit.toPlainText() == text


def test_what_a_view_leaves_out_is_told(view: BodyView, show: Show, qtbot: QtBot) -> None:
    show(b"x" * 6_000, ((b"Content-Type", b"text/plain"),))
    qtbot.waitUntil(lambda: view.bar.note.text() == "Lines are cut after 5,000 characters", timeout=WAIT_MS)
    assert view.text.edit.toPlainText().endswith("x … 1,000 more characters")
    view.bar.view_chosen.emit("hex")
    assert view.bar.note.text() == ""


def test_tooltips_are_no_markup(view: BodyView, show: Show) -> None:
    show(b'{"<b>": "<img src=x>"}', JSON)
    model = model_of(view)
    tip = model.data(model.index(0, 0, model.index(0, 0)), Qt.ItemDataRole.ToolTipRole)
    assert tip == "<qt>&lt;b&gt;  &quot;&lt;img src=x&gt;&quot;</qt>"


def test_text_search_counts(view: BodyView, show: Show, qtbot: QtBot) -> None:
    show(b"<a>\n<b>A</b>\n</a>", ((b"Content-Type", b"text/xml"),))
    qtbot.waitUntil(lambda: view.text.edit.blockCount() == 3, timeout=WAIT_MS)
    view.text.find_line.open()
    view.text.find_line.line.setText("a>")
    qtbot.waitUntil(lambda: view.text.edit.textCursor().selectedText() == "a>", timeout=WAIT_MS)
    assert "1 of 2" in view.text.find_line._count.text()


def test_an_empty_body_and_clear(view: BodyView, show: Show) -> None:
    show(b"", JSON)
    assert view.message.text() == "This request has no body."
    view.clear()
    assert view.reading is None
    assert view.message.text() == ""


def test_the_last_of_many_wins(view: BodyView, qtbot: QtBot) -> None:
    for n in range(20):
        view.show_body(b'{"n": %d, "pad": [%s]}' % (n, b"1," * 20_000 + b"1"), JSON)
    qtbot.waitUntil(lambda: view.view_key == "tree", timeout=WAIT_MS)
    model = model_of(view)
    assert rows(model, model.index(0, 0))[0] == ("n", "19")


def test_keys_of_the_focused_tree_come_before_the_window(view: BodyView, show: Show, qtbot: QtBot) -> None:
    taken: list[str] = []
    for keys in ("Ctrl+F", "Ctrl+Shift+C"):
        action = QAction(view)
        action.setShortcut(QKeySequence(keys))
        action.triggered.connect(lambda _checked=False, name=keys: taken.append(name))
        view.addAction(action)
    show(b'{"a": {"b": 1}}', JSON)
    view.activateWindow()
    view.tree.tree.setFocus()
    qtbot.waitUntil(view.tree.tree.hasFocus, timeout=WAIT_MS)
    view.tree.go_to(12)
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(view.tree.tree, Qt.Key.Key_C, both)
    assert QGuiApplication.clipboard().text() == "$.a.b"
    qtbot.keyClick(view.tree.tree, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert view.tree.find_line.isVisible()
    assert taken == []
