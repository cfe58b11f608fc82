"""The settings: one declaration each, from which the file, the environment, help and dialogs derive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T", int, float, bool, str)


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """A setting: `name` in the file, WEBHOOK_INSPECTOR_<NAME> in the environment."""

    name: str
    default: T
    explanation: str
    """A sentence for the settings dialog and the documentation; says the unit."""
    least: float | None = None
    most: float | None = None
    choices: tuple[T, ...] = ()
    restart: bool = False
    """Whether a change holds from the next start (of the listener or the program)."""

    @property
    def variable(self) -> str:
        """The environment variable that overrides the file."""
        return f"WEBHOOK_INSPECTOR_{self.name.upper()}"

    def check(self, value: object) -> T:
        """The value in the setting's type; raises ValueError with a sentence where it does not fit."""
        kind = type(self.default)
        if kind is float and type(value) is int:
            value = float(value)
        if type(value) is not kind:
            raise ValueError(f"{self.name} wants {_KINDS[kind]}, not {value!r}.")
        assert isinstance(value, kind)
        if self.choices and value not in self.choices:
            raise ValueError(f"{self.name} wants one of {', '.join(map(str, self.choices))}, not {value!r}.")
        if isinstance(value, int | float):
            if self.least is not None and value < self.least:
                raise ValueError(f"{self.name} wants {self.least:g} or more, not {value!r}.")
            if self.most is not None and value > self.most:
                raise ValueError(f"{self.name} wants {self.most:g} or less, not {value!r}.")
        return value

    def read(self, text: str) -> T:
        """The value that a text from the environment means; raises ValueError."""
        kind = type(self.default)
        if kind is bool:
            word = text.strip().lower()
            if word in _TRUE | _FALSE:
                return self.check(word in _TRUE)
            raise ValueError(f"{self.name} wants true or false, not {text!r}.")
        if kind is str:
            return self.check(text)
        try:
            return self.check(kind(text.replace("_", "")))
        except ValueError:
            raise ValueError(f"{self.name} wants {_KINDS[kind]}, not {text!r}.") from None


_KINDS: dict[type, str] = {int: "a whole number", float: "a number", bool: "true or false", str: "a text"}
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}
MIB = 1024 * 1024

HOST = Setting("host", "127.0.0.1", "The address to listen on. 0.0.0.0 is open to the whole network.")
PORT = Setting("port", 8787, "The port to listen on; 0 takes any free one.", least=0, most=65535)
DATABASE = Setting("database", "", "The file that keeps the events; empty: in the data folder.", restart=True)
DURABLE = Setting(
    "durable", True, "Acknowledged events survive a loss of power; off is faster.",
    restart=True,
)  # fmt: skip
BODY_LIMIT = Setting(
    "body_limit_bytes", 64 * MIB, "Longer bodies are answered with 413 and kept as rejected, in bytes.",
    least=1024, most=2**30, restart=True,
)  # fmt: skip
HEAD_LIMIT = Setting(
    "head_limit_bytes", 64 * 1024, "Longer header blocks are refused with 431, in bytes.",
    least=1024, most=16 * MIB, restart=True,
)  # fmt: skip
HEAD_TIME = Setting(
    "head_time_seconds", 10.0, "How long a sender may take for its headers, in seconds.",
    least=0.1, most=3600, restart=True,
)  # fmt: skip
BODY_IDLE = Setting(
    "body_idle_seconds", 30.0, "How long a sender may pause within a body, in seconds.",
    least=0.1, most=3600, restart=True,
)  # fmt: skip
CONNECTIONS = Setting(
    "connections", 1000, "How many connections may be open at once; more are refused with 503.",
    least=1, most=100_000, restart=True,
)  # fmt: skip
RETRY_AFTER = Setting(
    "retry_after_seconds", 5, "What a sender is told to wait when its event cannot be kept, in seconds.",
    least=1, most=86_400,
)  # fmt: skip
KEEP_EVENTS = Setting(
    "keep_events", 1_000_000, "How many events are kept; older ones go unless pinned. 0: no limit.", least=0
)
KEEP_DAYS = Setting("keep_days", 0, "How many days events are kept unless pinned. 0: no limit.", least=0)
KEEP_MEGABYTES = Setting(
    "keep_megabytes", 20 * 1024, "How large the database may grow, in MiB; 0: no limit. Pinned events stay.",
    least=0,
)  # fmt: skip
SECRETS_KEEPER = Setting(
    "secrets_keeper",
    "auto",
    "Where secrets are kept; auto: an existing encrypted file, else the system's keyring, else memory.",
    choices=("auto", "keyring", "file", "memory"),
)
THEME = Setting("theme", "system", "The colours of the window.", choices=("system", "light", "dark"))
NOTIFICATIONS = Setting(
    "notifications", True, "A desktop notification when events come while the window is away."
)
TRAY = Setting("tray", True, "An icon in the tray of the desktop.")

SETTINGS: tuple[Setting[int] | Setting[float] | Setting[bool] | Setting[str], ...] = (
    HOST,
    PORT,
    DATABASE,
    DURABLE,
    BODY_LIMIT,
    HEAD_LIMIT,
    HEAD_TIME,
    BODY_IDLE,
    CONNECTIONS,
    RETRY_AFTER,
    KEEP_EVENTS,
    KEEP_DAYS,
    KEEP_MEGABYTES,
    SECRETS_KEEPER,
    THEME,
    NOTIFICATIONS,
    TRAY,
)
