"""X-Ray: what it makes of documents, and which requests its rules take."""

from __future__ import annotations

import json
import random
import secrets
import time
from typing import Any

import pytest

from emulator.aws import EmulatedAWS
from emulator.events import trace_id
from emulator.sampler import Sampler, first_match
from emulator.sampling import DEFAULT
from emulator.traces import assembled

TRACE = "1-5f84c7a1-e7d1852db8c4fd35d88bf49a"
STAGE = {"ServiceName": "notes-dev/dev", "ServiceType": "AWS::ApiGateway::Stage"}
REQUEST = STAGE | {
    "Host": "a1.execute-api.eu-central-1.amazonaws.com",
    "HTTPMethod": "GET",
    "URLPath": "/dev/api/notes/7/",
    "ResourceARN": "arn:aws:apigateway:eu-central-1::/restapis/a1/stages/dev",
}


def document(identity: str, start: float, **more: Any) -> dict[str, Any]:
    return {"id": identity, "trace_id": TRACE, "name": identity, "start_time": start} | more


def subsegment(identity: str, parent: str, start: float, **more: Any) -> dict[str, Any]:
    return document(identity, start, parent_id=parent, type="subsegment", **more)


class TestAssembled:
    def test_a_subsegment_that_came_alone_is_inside_its_parent(self) -> None:
        request = subsegment("request", "function", 1.1, end_time=1.9)
        query = subsegment("query", "request", 1.2, end_time=1.3)
        function = document("function", 1.0, end_time=2.0)
        (found,) = assembled([query, request, function])
        (inside,) = found["subsegments"]
        assert (found["id"], inside["id"]) == ("function", "request")
        assert inside["subsegments"] == [
            {"id": "query", "name": "query", "start_time": 1.2, "end_time": 1.3}
        ]

    def test_the_complete_document_replaces_the_one_in_progress(self) -> None:
        started = subsegment("request", "function", 1.1, in_progress=True)
        ended = subsegment("request", "function", 1.1, end_time=1.9)
        function = document("function", 1.0, end_time=2.0)
        for order in ([started, ended, function], [ended, function, started]):
            (inside,) = assembled(order)[0]["subsegments"]
            assert (inside.get("in_progress"), inside["end_time"]) == (None, 1.9)
        (inside,) = assembled([started, function])[0]["subsegments"]
        assert inside["in_progress"] is True

    def test_subsegments_within_a_document_stay_and_get_company(self) -> None:
        inner = {"id": "inner", "name": "inner", "start_time": 1.5, "end_time": 1.6}
        function = document("function", 1.0, end_time=2.0, subsegments=[inner])
        (found,) = assembled([function, subsegment("first", "function", 1.1, end_time=1.2)])
        assert [part["id"] for part in found["subsegments"]] == ["first", "inner"]

    def test_one_whose_parent_never_came_stands_alone(self) -> None:
        assert [part["id"] for part in assembled([subsegment("lost", "nobody", 1.0)])] == ["lost"]

    def test_what_is_given_is_not_changed(self) -> None:
        function = document("function", 1.0, end_time=2.0)
        before = json.dumps(function)
        assembled([function, subsegment("request", "function", 1.1)])
        assert json.dumps(function) == before


class TestTraces:
    def put(self, aws: EmulatedAWS, *documents: dict[str, Any]) -> str:
        """Put documents, as of now and of one new trace, whose id is returned."""
        now, trace = time.time(), trace_id()
        for each in documents:
            moved = {key: now + each[key] for key in ("start_time", "end_time") if key in each}
            whole = json.dumps(each | moved | {"trace_id": trace})
            aws.client("xray").put_trace_segments(TraceSegmentDocuments=[whole])
        return trace

    def summary(self, aws: EmulatedAWS, trace: str, **arguments: Any) -> dict[str, Any] | None:
        pages = aws.client("xray").get_paginator("get_trace_summaries")
        times = {"StartTime": time.time() - 60, "EndTime": time.time() + 60}
        found = [
            each for page in pages.paginate(**times, **arguments) for each in page["TraceSummaries"]
        ]
        return next((each for each in found if each["Id"] == trace), None)

    def test_batch_get_traces_gives_out_joined_segments(self, aws: EmulatedAWS) -> None:
        trace = self.put(
            aws,
            subsegment("request", "function", 0.1, end_time=0.9),
            document("function", 0.0, end_time=1.0),
        )
        answer = aws.client("xray").batch_get_traces(TraceIds=[trace, "1-00000000-unknown"])
        assert answer["UnprocessedTraceIds"] == ["1-00000000-unknown"]
        (found,) = answer["Traces"]
        assert found["Duration"] == pytest.approx(1.0, abs=0.01)
        (segment,) = found["Segments"]
        assert [part["id"] for part in json.loads(segment["Document"])["subsegments"]] == [
            "request"
        ]

    def test_of_two_copies_in_progress_the_later_one_counts(self, aws: EmulatedAWS) -> None:
        first = document("function", 0.0, in_progress=True)
        trace = self.put(aws, first, first | {"annotations": {"timed_out": True}})
        (found,) = aws.client("xray").batch_get_traces(TraceIds=[trace])["Traces"]
        (segment,) = found["Segments"]
        assert json.loads(segment["Document"])["annotations"] == {"timed_out": True}

    def test_a_summary_tells_of_the_root_and_of_pieces_in_progress(self, aws: EmulatedAWS) -> None:
        http = {"request": {"method": "GET"}, "response": {"status": 504}}
        name = f"notes-{secrets.token_hex(4)}"
        trace = self.put(
            aws,
            document("stage", 0.0, end_time=1.0, fault=True, http=http),
            document("function", 0.1, parent_id="stage", end_time=2.0, name=name),
            subsegment("request", "function", 0.2, in_progress=True, annotations={"route": "/a/"}),
        )
        other = self.put(aws, document("stage", 0.0, end_time=0.5))
        found = self.summary(aws, trace, FilterExpression=f'service("{name}")')
        assert found is not None
        assert found["ResponseTime"] == pytest.approx(1.0, abs=0.01)
        assert (found["HasFault"], found["IsPartial"]) == (True, True)
        assert found["Http"]["HttpStatus"] == 504
        assert found["Annotations"]["route"][0]["AnnotationValue"] == {"StringValue": "/a/"}
        assert self.summary(aws, other, FilterExpression=f'service("{name}")') is None
        plain = self.summary(aws, other)
        assert plain is not None
        assert (plain["HasFault"], plain["IsPartial"]) == (False, False)


def rule(name: str, **more: Any) -> dict[str, Any]:
    return (
        DEFAULT | {"RuleName": name, "Priority": 100, "ReservoirSize": 0, "FixedRate": 1.0} | more
    )


class TestSampler:
    @pytest.mark.parametrize(
        "pattern",
        [
            {"ServiceName": "notes-dev/*"},
            {"ServiceType": "AWS::ApiGateway::Stage"},
            {"Host": "*.eu-central-1.amazonaws.com"},
            {"HTTPMethod": "get"},
            {"URLPath": "/dev/api/notes/?/"},
            {"ResourceARN": "*/stages/dev"},
        ],
    )
    def test_a_rule_matches_by_each_of_its_patterns(self, pattern: dict[str, str]) -> None:
        (key,) = pattern
        assert first_match([rule("own", **pattern), DEFAULT], REQUEST) == rule("own", **pattern)
        assert first_match([rule("own", **pattern), DEFAULT], REQUEST | {key: "other"}) == DEFAULT

    def test_the_lowest_priority_number_comes_first_and_then_the_name(self) -> None:
        rules = [DEFAULT, rule("b"), rule("a"), rule("z", Priority=1)]
        order = [first_match(rules[: len(rules) - gone], REQUEST) for gone in range(4)]
        assert [found["RuleName"] for found in order if found] == ["z", "a", "b", "Default"]

    def test_a_reservoir_is_taken_each_second_and_then_the_rate_decides(self) -> None:
        clock = iter([10.0, 10.1, 10.2, 11.0, 11.1, 11.2])
        own, taking = rule("own", ReservoirSize=2, FixedRate=0.0), Sampler(lambda: next(clock))
        taken = [taking.takes(own) for _ in range(6)]
        assert taken == [True, True, False, True, True, False]

    def test_the_rate_is_the_share_that_is_taken(self) -> None:
        taking, own = Sampler(draw=random.Random(1).random), rule("own", FixedRate=0.3)
        taken = sum(taking.takes(own) for _ in range(1000))
        assert 250 < taken < 350
        assert not any(taking.takes(own | {"FixedRate": 0.0}) for _ in range(100))

    def test_without_a_rule_that_matches_there_is_none(self) -> None:
        assert first_match([rule("own", HTTPMethod="GET")], REQUEST) is not None
        assert first_match([rule("own", HTTPMethod="PUT")], REQUEST) is None


def test_where_transaction_search_is_on_what_is_not_indexed_is_only_retrieved(
    aws: EmulatedAWS,
) -> None:
    xray, found, now = aws.client("xray"), trace_id(), time.time()
    segment: dict[str, Any] = {
        "id": "00000000000000aa",
        "trace_id": found,
        "name": f"searched-{found}",
    }
    segment |= {"start_time": now, "end_time": now + 1}
    xray.put_trace_segments(TraceSegmentDocuments=[json.dumps(segment)])

    def seen() -> list[int]:
        times = {"StartTime": now - 60, "EndTime": now + 60}
        summaries = xray.get_trace_summaries(
            **times, FilterExpression=f'service("searched-{found}")'
        )
        traces = xray.batch_get_traces(TraceIds=[found])
        retrieval = xray.start_trace_retrieval(TraceIds=[found], **times)["RetrievalToken"]
        retrieved = xray.list_retrieved_traces(RetrievalToken=retrieval, TraceFormat="XRAY")
        answers = (summaries["TraceSummaries"], traces["Traces"], retrieved["Traces"])
        return [len(answer) for answer in answers]

    rule = {"Probabilistic": {"DesiredSamplingPercentage": 0.0}}
    try:
        assert seen() == [1, 1, 1]
        xray.update_indexing_rule(Name="Default", Rule=rule)
        xray.update_trace_segment_destination(Destination="CloudWatchLogs")
        assert seen() == [0, 0, 1]
    finally:
        xray.update_trace_segment_destination(Destination="XRay")
