# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""What the programs of this folder have in common."""
import signal
import sys

from .record import MaskError


def run(main):
    """Calls main() and ends the program. A MaskError becomes one line on standard error and exit code 1."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that files that are half written are removed
    name = sys.argv[0].rsplit("/", 1)[-1]
    try:
        sys.exit(main())
    except MaskError as error:
        print(f"{name}: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print(f"{name}: interrupted; nothing was written", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(1)
