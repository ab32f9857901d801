"""Whether Transaction Search keeps traces from X-Ray's index."""

from functools import partial

from zappa_xray import transaction_search
from zappa_xray.deployment.doctor.link import LeftOut
from zappa_xray.deployment.stage import Stage

BY_ID = "trace_show and trace_why find the others by their ids"


def hides_traces_or_not(stage: Stage) -> str:
    """Return where traces go, and what to switch where X-Ray does not index each. Raises CallFailed."""
    destination = transaction_search.destination(partial(stage.call, "xray"))
    if not destination.hides_traces:
        return destination.found
    return f"{destination.found}; {BY_ID}; for all: {transaction_search.MORE}"


def refuse_to_look_in_vain(stage: Stage) -> None:
    """Raise LeftOut where X-Ray may have had traces that it does not index."""
    destination = transaction_search.destination(partial(stage.call, "xray"))
    if destination.hides_traces:
        raise LeftOut(
            f"none in the last hour that is indexed; {destination.found}; "
            f"for all: {transaction_search.MORE}"
        )
