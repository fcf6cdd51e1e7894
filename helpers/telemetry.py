"""Switches off the telemetry of libraries; sets variables, and imports no library."""

import os

SWITCHES = {
    # onnxruntime 1.31: at the first session it looks up its collector and writes a device number
    # below the home folder; `onnxruntime.disable_telemetry_events()` comes too late for both.
    "ORT_DISABLE_TELEMETRY": "1",
    # wandb 0.31: reports of its own errors, which even its offline mode sends.
    "WANDB_ERROR_REPORTING": "false",
    # The convention of https://consoledonottrack.com, for a library that comes next.
    "DO_NOT_TRACK": "1",
}


def switch_off() -> None:
    """Set the switches, but for those that the user has set; call it before the first import."""
    for name, value in SWITCHES.items():
        os.environ.setdefault(name, value)
