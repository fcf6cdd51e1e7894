"""Switches off the telemetry of libraries by environment variables; imports no library."""

import os

SWITCHES = {
    # onnxruntime 1.31 looks up its collector at the first session and writes a device number to
    # the home folder; `onnxruntime.disable_telemetry_events()` comes too late for both.
    "ORT_DISABLE_TELEMETRY": "1",
    # wandb 0.31 reports its own errors, even in offline mode.
    "WANDB_ERROR_REPORTING": "false",
    # The convention of https://consoledonottrack.com, for other libraries.
    "DO_NOT_TRACK": "1",
}


def switch_off() -> None:
    """Set the variables that the user has not set; call it before the libraries are imported."""
    for name, value in SWITCHES.items():
        os.environ.setdefault(name, value)
