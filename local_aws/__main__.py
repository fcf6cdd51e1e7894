"""The command line of the local AWS, `python -m local_aws start|stop|status|…`; knows no engine.

A command imports what it alone needs: `start` is used most, and runs beside the server's own start.
"""

import argparse
import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from local_aws import lifecycle
from local_aws.settings import DEFAULT_PORT, STATE_NAME, Settings
from local_aws.state import paths
from local_aws.state.disk import worded

EXPORTED = (
    "AWS_ENDPOINT_URL",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_DEFAULT_REGION",
    "AWS_EC2_METADATA_DISABLED",
)
STALE = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN")
"""Variables that would override the exported keys, or contradict them."""


def parse_args(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local_aws", description=__doc__)
    parser.add_argument(
        "--state", type=Path, help="state folder (default: .local_aws in the current folder)"
    )
    parser.add_argument("--port", type=int, help="port on loopback (default: 4590)")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    start = commands.add_parser("start", help="start the local AWS, unless it runs already")
    commands.add_parser("stop", help="stop it, its jobs and its endpoints; its state stays")
    commands.add_parser("status", help="print its address, or that it does not run")
    commands.add_parser("env", help="print shell exports that send the aws command to it")
    commands.add_parser("reset", help="stop it and delete its state")
    logs = commands.add_parser("logs", help="print the log of a job or an endpoint")
    logs.add_argument(
        "name", nargs="?", help="part of the name of the job or endpoint; default: the server's log"
    )
    taken = commands.add_parser(
        "interrupt", help="interrupt a spot training job: it loses its instances"
    )
    taken.add_argument("job", help="name of the training job")
    quota = commands.add_parser(
        "quota", help="set a quota: how many instances may be in use at once"
    )
    quota.add_argument("name", help="such as 'ml.g4dn.xlarge for training warm pool usage'")
    quota.add_argument("instances", type=int)
    commands.add_parser("glue-6.0", help="make the environment of Glue 6.0's Spark, once (500 MB)")
    serve = commands.add_parser("serve", help="run the server in the foreground")
    for command in (start, serve):
        words_ = "your IAM policies: every request must be allowed by them, or by its role's"
        command.add_argument("--enforce", nargs="+", type=Path, metavar="FILE", help=words_)
    # The options may follow the command too.
    for command in commands.choices.values():
        command.add_argument(
            "--state", type=Path, default=argparse.SUPPRESS, help=argparse.SUPPRESS
        )
        command.add_argument("--port", type=int, default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    return parser.parse_args(words)


def settings_of(args: argparse.Namespace) -> Settings:
    """Return the settings of a command line."""
    state = (args.state or Path(STATE_NAME)).absolute()
    policies = tuple(path.absolute() for path in getattr(args, "enforce", None) or ())
    return Settings(state, DEFAULT_PORT if args.port is None else args.port, policies)


def _print_logs(state: Path, name: str | None) -> int:
    """Print the log of a job or an endpoint, oldest line first."""
    if name is None:
        log = state / "server.log"
        print(log.read_text(errors="replace") if log.exists() else "", end="")
        return 0
    from local_aws.services.logs.engine import read_events

    files = [path for path in (state / "logs").glob("*/*.jsonl") if name in _log_name(path)]
    events = [event for path in files for event in read_events(path)]
    for event in sorted(events, key=lambda event: event["timestamp"]):
        print(event["message"])
    if not files:
        print(f"No log has {name!r} in its name", file=sys.stderr)
    return 0 if files else 1


def _log_name(path: Path) -> str:
    """Return the log group and the log stream of a file, joined by a slash."""
    group = json.loads(path.with_name("group.json").read_text())["logGroupName"]
    return f"{group}/{paths.name_of(path, '.jsonl')}"


def _reset(state: Path) -> int:
    """Stop the server and delete its state folder, if it is one."""
    if state.exists() and not (state / "keys.json").exists():
        print(
            f"{state} is not a state folder of a local AWS: left alone. Name one with --state",
            file=sys.stderr,
        )
        return 1
    lifecycle.stop(state)
    if state.exists():
        shutil.rmtree(state)
    return 0


def main(words: list[str]) -> int:
    """Run one command; return the exit code."""
    args = parse_args(words)
    settings = settings_of(args)
    if args.command == "serve":
        from local_aws.server import serve

        return serve(settings.state, settings.port, settings.policies)
    if args.command == "start":
        try:
            print(f"The local AWS runs at {lifecycle.ensure_running(settings).url}")
        except RuntimeError as error:
            print(error, file=sys.stderr)
            return 1
    elif args.command == "stop":
        ran = lifecycle.stop(settings.state)
        print("The local AWS has stopped" if ran else "The local AWS does not run")
    elif args.command in ("status", "env"):
        return _report(settings.state, args.command)
    elif args.command in ("interrupt", "quota"):
        return _tell(settings.state, args)
    elif args.command == "reset":
        return _reset(settings.state)
    elif args.command == "glue-6.0":
        return _make_glue(settings.state)
    elif args.command == "logs":
        return _print_logs(settings.state, args.name)
    return 0


def _make_glue(state: Path) -> int:
    """Make the environment of Glue 6.0."""
    from local_aws.services.glue.jobs.environments import MAKE, make_own

    try:
        print(f"Glue 6.0 has its environment in {make_own(state)}")
    except subprocess.CalledProcessError as error:
        ran = shlex.join(["python", *error.cmd[1:]])
        print(
            f"Glue 6.0 has no environment: `{ran}` ended with {error.returncode}", file=sys.stderr
        )
        print(f"It needs pip's index and 500 MB of disk; with both, run {MAKE}", file=sys.stderr)
        return 1
    return 0


def _tell(state: Path, args: argparse.Namespace) -> int:
    """Interrupt a job of the running server, or set a quota, which needs no running server."""
    from local_aws.control import interrupt
    from local_aws.services.sagemaker.jobs.quotas import Quotas

    try:
        if args.command == "quota":
            Quotas(state).set(args.name, args.instances)
        elif server := lifecycle.find_running(state):
            interrupt(server, args.job)
        else:
            raise RuntimeError("The local AWS does not run")
    except (RuntimeError, ValueError, OSError) as error:
        print(worded(error), file=sys.stderr)
        return 1
    return 0


def _report(state: Path, command: str) -> int:
    """Print the server's address, for a person or for a shell."""
    server = lifecycle.find_running(state)
    if server is None:
        print("The local AWS does not run: python -m local_aws start", file=sys.stderr)
        return 1
    if command == "status":
        print(f"The local AWS runs at {server.url}, its state is in {state}")
        return 0
    print(f"unset {' '.join(STALE)}")
    for name in EXPORTED:
        print(f"export {name}={shlex.quote(server.environment()[name])}")
    return 0


def run() -> int:
    """Run the command of the command line: the entry point of `local-aws`."""
    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(run())
