"""SnapStart: Lambda keeps a picture of the started process and begins many from it.

What is unique or open in it would be so in all of them:
https://docs.aws.amazon.com/lambda/latest/dg/snapstart-uniqueness.html
"""

import random

from django.db import connections

# Lambda's own folder of libraries holds it:
# https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-python.html
from snapshot_restore_py import register_after_restore, register_before_snapshot

from zappa_xray.lambda_start.init_phase import measured
from zappa_xray.tracing.emitter import send_by_a_new_emitter
from zappa_xray.tracing.recording import process, watcher


def register_hooks() -> None:
    """Has Lambda's runtime call the two below; those of a service's own run beside them."""
    register_before_snapshot(let_go)
    register_after_restore(begin_anew)


def let_go() -> None:
    """Closes what loading the service has opened: connections to databases, the deadline's thread."""
    connections.close_all()
    watcher.stop()


def begin_anew() -> None:
    """Makes this process differ from its brothers, and its first request the cold start that it is.

    The ids of traces come from os.urandom, which the restored kernel has seeded anew.
    """
    random.seed()
    send_by_a_new_emitter()
    process.is_cold = process.is_first = True
    measured.ended = 0.0  # long ago, and nobody waited for it
