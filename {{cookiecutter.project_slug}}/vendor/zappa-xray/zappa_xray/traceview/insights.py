"""CloudWatch Logs Insights: a query of one log group, with the limits that AWS sets.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
"""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError
from django.core.management.base import CommandError

from zappa_xray.traceview.aws import is_denied, readable_errors

Row = dict[str, str]
Tell = Callable[[str], object]

MOST_ROWS = 10_000
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 2.0
PATIENCE_SECONDS = 120.0  # for other queries of the account to end
FINISHED_BADLY = ("Failed", "Cancelled", "Timeout", "Unknown")


class Insights:
    """Queries of the log group `group` through boto3's client of CloudWatch Logs.

    `tell` gets the progress. A permission that is missing is told with `instead`, what to do without it.
    """

    def __init__(self, logs: Any, group: str, tell: Tell, instead: str = "") -> None:
        self._logs, self.group, self._tell, self._instead = logs, group, tell, instead

    def rows(self, query: str, start: datetime, end: datetime, what: str) -> list[Row]:
        """Return all rows of a query of the time from start to end, which are in whole seconds.

        `what` names it in the progress. Insights gives out 10 000 rows: where there are more the
        time is halved, so the rows of `stats` come once for each piece, to be added up. Raises
        CommandError.
        """
        return self._rows(query, int(start.timestamp()), int(end.timestamp()), what)

    def _rows(self, query: str, first: int, last: int, what: str) -> list[Row]:
        rows = self._answer(query, first, last, what)
        if len(rows) < MOST_ROWS:
            return rows
        if first >= last:
            raise CommandError(f"{what}: more than {MOST_ROWS} rows in one second of the log.")
        middle = (first + last) // 2
        return self._rows(query, first, middle, what) + self._rows(query, middle + 1, last, what)

    def _answer(self, query: str, first: int, last: int, what: str) -> list[Row]:
        with readable_errors():
            identity = self._started(query, first, last)
            try:
                return self._finished(identity, what)
            except BaseException as error:
                # One that goes on counts against the account's limit of concurrent queries.
                self._stop(identity)
                if isinstance(error, KeyboardInterrupt):
                    raise CommandError(
                        f"{what}: stopped, and CloudWatch's query with it."
                    ) from None
                raise

    def _started(self, query: str, first: int, last: int) -> str:
        give_up = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                started = self._logs.start_query(
                    logGroupName=self.group,
                    startTime=first,
                    endTime=last,
                    queryString=query,
                    limit=MOST_ROWS,
                )
                return str(started["queryId"])
            except ClientError as error:
                self._explain(error)
                if time.monotonic() > give_up:
                    raise
            self._tell("waiting for other queries of the account to end")
            time.sleep(LONGEST_PAUSE)

    def _explain(self, error: ClientError) -> None:
        """Raise CommandError for what can be said better, the error unless waiting may help."""
        code = error.response["Error"]["Code"]
        if code == "ResourceNotFoundException":
            raise CommandError(
                f"There is no log group {self.group} in this region: nothing has run there yet, "
                "or the stage has another name."
            ) from error
        if is_denied(error):
            raise CommandError(
                f"{error.response['Error'].get('Message', code)} logs:StartQuery on {self.group} "
                f"is missing: the statement ReadLogs of iam/deploy-policy.json has it. {self._instead}"
            ) from error
        if code != "LimitExceededException":
            raise error

    def _finished(self, identity: str, what: str) -> list[Row]:
        pause = FIRST_PAUSE
        while True:
            answer = self._logs.get_query_results(queryId=identity)
            if answer["status"] == "Complete":
                return [_row(fields) for fields in answer["results"]]
            if answer["status"] in FINISHED_BADLY:
                raise CommandError(
                    f"{what}: CloudWatch's query ended as {answer['status']}; ask for less time "
                    "with --since, or again."
                )
            read = answer.get("statistics", {}).get("recordsScanned", 0)
            self._tell(f"{what}: {read:.0f} lines of the log read")
            time.sleep(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE)

    def _stop(self, identity: str) -> None:
        with suppress(ClientError):  # it has ended, or may not be stopped
            self._logs.stop_query(queryId=identity)


def _row(fields: list[dict[str, str]]) -> Row:
    return {field["field"]: field.get("value", "") for field in fields if field["field"] != "@ptr"}
