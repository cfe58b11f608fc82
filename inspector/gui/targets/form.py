"""The form of one target: every field with a word of help, and back to a value."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QWidget,
)

from inspector.core.edits import header_lines, parse_header_lines
from inspector.core.retry_policy import policies
from inspector.core.target import Target
from inspector.gui.deliveries.target_choice import with_scheme
from inspector.gui.theme import mono_font
from inspector.gui.views.parts import label

OF_PROVIDER = "what the source’s provider does"


class TargetForm(QWidget):
    """Shows a target and gives back what the user made of it."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._target = Target("", "")
        self._filling = False
        self.name = _line("letters, digits, dot, - and _", "Name")
        self.url = _line("http://localhost:3000; without a path the event’s own is used", "URL")
        self.headers = _area("X-Environment: local", "Headers to add")
        self.secrets = _area(
            "Authorization=name-of-the-secret", "Secret headers, by the name of their secret"
        )
        self.verify = QCheckBox("Verify the certificate of https")
        self.unsafe = label(
            "! The certificate is not verified: anybody on the way can read and answer.", "warn"
        )
        self.unsafe.setWordWrap(True)
        self.ca_file = _line("a file of certificates to trust besides the system’s", "Own CA")
        self.proxy = _line("http://proxy:3128", "Proxy")
        self.proxy_secret = _line("name of the secret with user:password", "Secret of the proxy")
        self.keep_host = QCheckBox("Send the captured Host header")
        self.follow = QCheckBox("Follow redirects (captured credentials do not go to another origin)")
        self.timeout = QDoubleSpinBox()
        self.timeout.setRange(0.1, 3600)
        self.timeout.setDecimals(1)
        self.timeout.setSuffix(" s")
        self.timeout.setAccessibleName("Time-out in seconds")
        self.policy = QComboBox()
        self.policy.setEditable(True)
        self.policy.addItem(OF_PROVIDER, "")
        for name, policy in policies().items():
            self.policy.addItem(f"{name}: {policy.title}" if policy.title else name, name)
        self.policy.setAccessibleName("Retry policy")
        self.policy.setToolTip("A record by its name, or a text such as delays=5s,1m,10m jitter=0.1")
        self.policy.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.policy.setMinimumContentsLength(30)
        self.concurrency = QSpinBox()
        self.concurrency.setRange(1, 1000)
        self.concurrency.setAccessibleName("Deliveries at a time")
        self.rate = QDoubleSpinBox()
        self.rate.setRange(0, 100_000)
        self.rate.setDecimals(1)
        self.rate.setSpecialValueText("no limit")
        self.rate.setSuffix(" / s")
        self.rate.setAccessibleName("Deliveries a second")
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(16, 12, 16, 12)
        form.setVerticalSpacing(8)
        form.setHorizontalSpacing(12)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        for words, field in (
            ("Name", self.name),
            ("URL", self.url),
            ("Headers", self.headers),
            ("Secret headers", self.secrets),
            ("TLS", self.verify),
            ("", self.unsafe),
            ("Own CA", self.ca_file),
            ("Proxy", self.proxy),
            ("Proxy secret", self.proxy_secret),
            ("", self.keep_host),
            ("", self.follow),
            ("Time-out", self.timeout),
            ("Retries", self.policy),
            ("At a time", self.concurrency),
            ("Rate", self.rate),
        ):
            form.addRow(label(words, "muted"), field)
        for box in (self.timeout, self.concurrency, self.rate):
            box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
            box.setMaximumWidth(160)

    def _connect(self) -> None:
        for line in (self.name, self.url, self.ca_file, self.proxy, self.proxy_secret):
            line.textEdited.connect(self._on_edited)
        for area in (self.headers, self.secrets):
            area.textChanged.connect(self._on_edited)
        for box in (self.verify, self.keep_host, self.follow):
            box.toggled.connect(self._on_edited)
        for number in (self.timeout, self.concurrency, self.rate):
            number.valueChanged.connect(self._on_edited)
        self.policy.currentTextChanged.connect(self._on_edited)
        self.verify.toggled.connect(lambda on: self.unsafe.setVisible(not on))

    def show_target(self, target: Target) -> None:
        """Fills the form."""
        self._filling = True
        self._target = target
        self.name.setText(target.name)
        self.url.setText(target.url)
        self.headers.setPlainText(header_lines(target.headers))
        self.secrets.setPlainText("\n".join(f"{header}={name}" for header, name in target.secret_headers))
        self.verify.setChecked(target.verify_tls)
        self.unsafe.setVisible(not target.verify_tls)
        self.ca_file.setText(target.ca_file)
        self.proxy.setText(target.proxy)
        self.proxy_secret.setText(target.proxy_secret)
        self.keep_host.setChecked(target.keep_host)
        self.follow.setChecked(target.follow_redirects)
        self.timeout.setValue(target.timeout_s)
        at = self.policy.findData(target.policy)
        self.policy.setCurrentIndex(at)
        if at < 0:
            self.policy.setEditText(target.policy)
        self.concurrency.setValue(target.concurrency)
        self.rate.setValue(target.rate_per_s or 0)
        self._filling = False

    def target(self) -> Target:
        """What the form says now; raises ValueError with a sentence where it cannot be read."""
        at = self.policy.findText(self.policy.currentText().strip(), Qt.MatchFlag.MatchFixedString)
        return replace(
            self._target,
            name=self.name.text().strip(),
            url=with_scheme(self.url.text().strip()),
            headers=parse_header_lines(self.headers.toPlainText()),
            secret_headers=_secret_headers(self.secrets.toPlainText()),
            verify_tls=self.verify.isChecked(),
            ca_file=self.ca_file.text().strip(),
            proxy=self.proxy.text().strip(),
            proxy_secret=self.proxy_secret.text().strip(),
            keep_host=self.keep_host.isChecked(),
            follow_redirects=self.follow.isChecked(),
            timeout_s=self.timeout.value(),
            policy=str(self.policy.itemData(at)) if at >= 0 else self.policy.currentText().strip(),
            concurrency=self.concurrency.value(),
            rate_per_s=self.rate.value() or None,
        )

    def _on_edited(self) -> None:
        if not self._filling:
            self.edited.emit()


def _secret_headers(text: str) -> tuple[tuple[str, str], ...]:
    found = []
    for line in text.splitlines():
        if line.strip():
            header, equals, name = line.partition("=")
            if not equals or not header.strip() or not name.strip():
                raise ValueError(f"“{line}” names no secret: write Header=name-of-the-secret.")
            found.append((header.strip(), name.strip()))
    return tuple(found)


def _line(hint: str, name: str) -> QLineEdit:
    line = QLineEdit()
    line.setPlaceholderText(hint)
    line.setAccessibleName(name)
    if name != "Name":
        line.setFont(mono_font())
        line.setProperty("role", "mono")
    return line


def _area(hint: str, name: str) -> QPlainTextEdit:
    area = QPlainTextEdit()
    area.setPlaceholderText(hint)
    area.setAccessibleName(name)
    area.setFont(mono_font())
    area.setProperty("role", "mono")
    area.setFixedHeight(52)
    area.setTabChangesFocus(True)
    return area
