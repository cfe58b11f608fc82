"""A picture that came as a body: decoded off Qt's thread, its size in pixels bounded, never enlarged."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QImageReader, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from inspector.core.body import kinds
from inspector.gui.background import Background
from inspector.gui.body.work import Work
from inspector.gui.theme import tokens_for

MAX_PIXELS = 40_000_000
MAX_SIDE = 2_000
"""Larger pictures are made smaller while they are read."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What was decoded, or why not."""

    image: QImage
    words: str


def decode(data: bytes) -> Picture:
    """Decode one frame; safe to call off Qt's thread."""
    name = kinds.image_format(data)
    holder = QByteArray(data)
    buffer = QBuffer(holder)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, name.encode("ascii"))
    reader.setDecideFormatFromContent(False)
    size = reader.size()
    if not reader.canRead():
        return Picture(QImage(), f"This {name.upper()} cannot be read; Hex shows its bytes.")
    if size.isValid() and size.width() * size.height() > MAX_PIXELS:
        return Picture(
            QImage(),
            f"{size.width():,} × {size.height():,} pixels are more than are decoded; Hex shows its bytes.",
        )
    reader.setAutoTransform(True)
    if size.isValid() and max(size.width(), size.height()) > MAX_SIDE:
        reader.setScaledSize(size.scaled(QSize(MAX_SIDE, MAX_SIDE), Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        return Picture(QImage(), f"This {name.upper()} is damaged; Hex shows its bytes.")
    shown = size if size.isValid() else image.size()
    return Picture(image, f"{name.upper()}, {shown.width():,} × {shown.height():,} pixels")


class _Canvas(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.image = QImage()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.image.isNull():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        size = self.image.size()
        if size.width() > self.width() or size.height() > self.height():
            size.scale(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        box = self.rect()
        box.setSize(size)
        box.moveCenter(self.rect().center())
        tokens = tokens_for(self.palette())
        self._squares(painter, box, tokens.color("hover"))
        painter.drawImage(box, self.image)
        painter.end()

    @staticmethod
    def _squares(painter: QPainter, box: QRect, color: QColor) -> None:
        """Squares behind what is transparent."""
        right, bottom = box.right() + 1, box.bottom() + 1
        for y in range(box.top(), bottom, 8):
            for x in range(box.left() + 8 * ((y - box.top()) // 8 % 2), right, 16):
                painter.fillRect(x, y, min(8, right - x), min(8, bottom - y), color)


class ImageView(QWidget):
    """Shows one picture and its size."""

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._work = Work(background, self)
        self.canvas = _Canvas(self)
        self.canvas.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.canvas.setAccessibleName("Picture")
        self.words = QLabel(self)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.words.setProperty("role", "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.addWidget(self.canvas, 1)
        layout.addWidget(self.words)

    def show_image(self, data: bytes) -> None:
        """Decode in the background and show."""
        self.clear()
        self._work.start(lambda _cancelled: decode(data), self._on_decoded)

    def clear(self) -> None:
        """Show nothing and drop what is being decoded."""
        self._work.stop()
        self.canvas.image = QImage()
        self.words.clear()
        self.canvas.update()

    def _on_decoded(self, picture: Picture) -> None:
        self.canvas.image = picture.image
        self.words.setText(picture.words)
        self.canvas.setAccessibleDescription(picture.words)
        self.canvas.update()
