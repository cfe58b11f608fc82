"""secrets: set, list and remove secrets by name, and choose where they are kept."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from inspector.cli.common import WrongUseError, add_parser
from inspector.cli.exit_codes import GOOD
from inspector.cli.output import complain, print_json, say, visible
from inspector.core.problem import Problem, ProblemError

if TYPE_CHECKING:
    from inspector.engine.preferences import Preferences
    from inspector.engine.secrets import Keeper, Secrets
    from inspector.engine.secrets.file_keeper import FileKeeper

KEEPERS = ("auto", "keyring", "file", "memory")
EXAMPLES = """\
  webhook-inspector secrets set nudj-staging          asks for the secret, without showing it
  webhook-inspector secrets set nudj-staging < FILE   reads it from standard input
  webhook-inspector secrets list
  webhook-inspector secrets remove nudj-staging
  webhook-inspector secrets keeper file               keep them in an encrypted file"""
DESCRIPTION = """\
Secrets live in the system's keyring, or in an encrypted file; sources name them.
WEBHOOK_INSPECTOR_SECRET_<NAME> overrides one: the name in upper case, - as _."""
LONGEST = 64 * 1024


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declares the command and its subcommands."""
    secrets = add_parser(
        subparsers, "secrets", "set, list and remove secrets", description=DESCRIPTION, examples=EXAMPLES
    )
    commands = secrets.add_subparsers(metavar="COMMAND", required=True)
    setting = add_parser(
        commands, "set", "set a secret from standard input or a prompt, never from an argument"
    )
    setting.add_argument("name", metavar="NAME", help="letters, digits, - and _")
    setting.set_defaults(run=run_set)
    listing = add_parser(commands, "list", "names, and the last four characters of a hash")
    listing.add_argument("--json", action="store_true", help="JSON lines")
    listing.set_defaults(run=run_list)
    removing = add_parser(commands, "remove", "forget a secret")
    removing.add_argument("name", metavar="NAME", help="the name of the secret")
    removing.set_defaults(run=run_remove)
    choosing = add_parser(commands, "keeper", "show or choose where secrets are kept")
    choosing.add_argument("kind", metavar="KIND", nargs="?", choices=KEEPERS, help=", ".join(KEEPERS))
    choosing.set_defaults(run=run_keeper)


def run_set(arguments: argparse.Namespace) -> int:
    """Keeps a secret."""
    secrets, _ = _opened()
    keeper = secrets.keeper
    if keeper.kind == "memory":
        raise ProblemError(
            Problem(
                "keyring",
                "This system has no keyring, and a secret in memory would be gone at once.",
                "Keep secrets in an encrypted file: webhook-inspector secrets keeper file",
                "Or set it for one run in the environment: WEBHOOK_INSPECTOR_SECRET_<NAME>",
            )
        )
    secrets.put(arguments.name, _asked_secret(arguments.name))
    complain(f"Kept {arguments.name} in {keeper.describe()}.")
    return GOOD


def run_list(arguments: argparse.Namespace) -> int:
    """Shows names, ends of hashes and origins."""
    secrets, _ = _opened()
    infos = secrets.list()
    for info in infos:
        if arguments.json:
            print_json(
                {"kind": "secret", "name": info.name, "hash_end": info.hash_end, "origin": info.origin}
            )
        else:
            say(f"{visible(info.name):<24} …{info.hash_end}  {info.origin}")
    if not infos and not arguments.json:
        complain(f"No secrets in {secrets.keeper.describe()}.")
    return GOOD


def run_remove(arguments: argparse.Namespace) -> int:
    """Forgets a secret."""
    secrets, _ = _opened()
    secrets.remove(arguments.name)
    complain(f"Removed {visible(arguments.name)}.")
    return GOOD


def run_keeper(arguments: argparse.Namespace) -> int:
    """Shows the keeper, or chooses another; what the earlier one holds stays there."""
    from inspector.engine.settings import SECRETS_KEEPER

    secrets, preferences = _opened(unlock=False)
    if arguments.kind is not None:
        if arguments.kind == "memory":
            raise WrongUseError(
                "webhook-inspector: memory is for one run of the window; a command ends at once."
            )
        _keeper_of(arguments.kind, unlock=True)
        preferences.set(SECRETS_KEEPER, arguments.kind)
        secrets, preferences = _opened(unlock=False)
    say(f"{preferences.get(SECRETS_KEEPER)}: {secrets.keeper.describe()}")
    return GOOD


def _opened(*, unlock: bool = True) -> tuple[Secrets, Preferences]:
    from inspector.engine.announcements import Announcements
    from inspector.engine.paths import platform_folders
    from inspector.engine.preferences import Preferences
    from inspector.engine.secrets import Secrets
    from inspector.engine.settings import SECRETS_KEEPER
    from inspector.engine.settings_file import SettingsFile

    preferences = Preferences(SettingsFile(platform_folders().settings), Announcements())
    kind = preferences.get(SECRETS_KEEPER)
    keeper = _keeper_of(kind, unlock=unlock)
    return Secrets(lambda: keeper, stamp=platform_folders().secrets_stamp), preferences


def _keeper_of(kind: str, *, unlock: bool) -> Keeper:
    from inspector.engine.paths import platform_folders
    from inspector.engine.secrets.file_keeper import FileKeeper
    from inspector.engine.secrets.secrets import choose_keeper

    keeper = choose_keeper(kind, platform_folders().secrets)
    if unlock and isinstance(keeper, FileKeeper) and keeper.locked:
        keeper.unlock(_asked_passphrase(keeper))
    return keeper


def _asked_passphrase(keeper: FileKeeper) -> str:
    import getpass

    if not sys.stdin.isatty():
        raise ProblemError(
            Problem(
                "secrets-locked",
                "The file with the secrets is locked and there is no terminal to ask at.",
                remedy="Give its passphrase in WEBHOOK_INSPECTOR_PASSPHRASE.",
            )
        )
    passphrase = getpass.getpass(f"Passphrase of {keeper.path}: ")
    if not keeper.exists and getpass.getpass("The same again: ") != passphrase:
        raise WrongUseError("webhook-inspector: The two passphrases differ; nothing was kept.")
    return passphrase


def _asked_secret(name: str) -> str:
    if sys.stdin.isatty():
        import getpass

        return getpass.getpass(f"Secret {name}: ")
    given = sys.stdin.buffer.read(LONGEST + 1)
    if len(given) > LONGEST:
        raise WrongUseError("webhook-inspector: That is longer than 64 KiB; a secret is a line or a key.")
    try:
        text = given.decode("utf-8")
    except UnicodeDecodeError:
        raise WrongUseError(
            "webhook-inspector: The secret is not UTF-8 text; give it as hex or base64."
        ) from None
    return text.removesuffix("\n").removesuffix("\r")
