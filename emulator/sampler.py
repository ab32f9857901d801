"""Which requests are traced: X-Ray's sampling rules, applied.

https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from fnmatch import translate
from re import IGNORECASE, fullmatch
from typing import Any

Rule = Mapping[str, Any]
MATCHED = ("ServiceName", "ServiceType", "Host", "HTTPMethod", "URLPath", "ResourceARN")


class Sampler:
    """Takes each second's first requests of a rule, as many as its reservoir holds, and of the others
    the share that its rate says.

    X-Ray shares a reservoir among all that ask; here nobody else does. `clock` tells seconds, `draw`
    a number from 0 to 1.
    """

    def __init__(
        self, clock: Callable[[], float] = time.time, draw: Callable[[], float] = random.random
    ) -> None:
        self._clock, self._draw = clock, draw
        self._lock = threading.Lock()
        self._taken: dict[str, tuple[int, int]] = {}

    def takes(self, rule: Rule) -> bool:
        """Return whether a request that `rule` matches is traced."""
        second = int(self._clock())
        with self._lock:
            at, taken = self._taken.get(rule["RuleName"], (second, 0))
            taken = taken if at == second else 0
            if taken < rule["ReservoirSize"]:
                self._taken[rule["RuleName"]] = second, taken + 1
                return True
        return self._draw() < float(rule["FixedRate"])


def first_match(rules: Iterable[Rule], request: Mapping[str, str]) -> Rule | None:
    """Return the rule of the lowest priority number, then of the first name, that matches.

    `request` has a value for each key of MATCHED that is known of it.
    """
    ordered = sorted(rules, key=lambda rule: (rule["Priority"], rule["RuleName"]))
    return next((rule for rule in ordered if matches(rule, request)), None)


def matches(rule: Rule, request: Mapping[str, str]) -> bool:
    """Return whether each pattern of a rule, with * and ? in it, fits a request, in any case."""
    return all(
        fullmatch(translate(rule[key].replace("[", "[[]")), request.get(key, ""), IGNORECASE)
        for key in MATCHED
    )
