"""What is done with the stage, in its order, and what is claimed of it."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from emulator import events
from emulator.segments import Document
from upkeep.verify_aws import traces
from upkeep.verify_aws.claims import Claims, expect
from upkeep.verify_aws.stage import Answer, Stage
from upkeep.verify_aws.verified import SCHEDULED

MADE_UP_DATABASE = "postgresql://verify:verify@database.invalid/verify"
CHAIN = ("AWS::ApiGateway::Stage", "AWS::Lambda", "AWS::Lambda::Function")
# API Gateway asks X-Ray for its rules now and then: a new one is known after minutes at most.
RULE_SECONDS, RULE_SECONDS_BETWEEN = 300.0, 5.0
LOG_SECONDS, LOG_SECONDS_BETWEEN = 60.0, 2.0
TRACE_OF_THE_LOG = re.compile(r"XRAY TraceId: (?P<id>\S+)")
NOT_THERE = ("404", "NoSuchBucket", "ResourceNotFoundException")
LOST = re.compile(r"Task timed out|Status: timeout|signal: killed")


@dataclass
class Walk:
    """Looks at a stage from its first deploy on, and keeps what was seen in `claims`."""

    stage: Stage
    claims: Claims
    killed: Answer | None = None

    def go(self) -> None:
        """Look at each claim. Only what cannot be looked at without a stage waits for `make deploy`."""
        look = self.claims.look
        if not look("make deploy makes a stage that was not there", self.deploys):
            return
        look("the function is traced", self.function_is_traced)
        look("the hook has switched on the stage's tracing", self.stage_is_traced)
        look("the sampling rule stands as zappa_settings.json has it", self.rule_stands)
        look("a request is one trace, from the stage to the route", self.request_is_one_trace)
        look("a request that says nothing of sampling is sampled by the rule", self.rule_samples)
        look("an unhandled exception is a fault with its cause", self.exception_has_its_cause)
        look("a scheduled function is traced", self.schedule_is_traced)
        with self.stage.shorter_life():
            look("the gateway answers 504 to a request that hangs", self.gateway_gives_up)
            look(
                "X-Ray keeps what the killed request had sent, and where it was",
                self.kill_is_explained,
            )
            look("the log has its line, and Lambda's own about the kill", self.kill_is_in_the_log)
            look("the access log has it, with its trace", self.kill_is_in_the_access_log)
            look("the request after the kill is a cold start, and says so", self.next_is_cold)
        look("make report counts the routes, and the one that timed out", self.report_counts)
        look("make doctor follows a request to the end", self.doctor_is_content)
        look("make update leaves the stage traced", self.update_keeps_tracing)
        look("make rollback goes back, and the service answers", self.rolls_back)

    def deploys(self) -> str:
        self.stage.make("deploy")
        return self.stage.url

    def function_is_traced(self) -> str:
        found = self.stage.account.client("lambda").get_function_configuration(
            FunctionName=self.stage.function
        )
        mode = found["TracingConfig"]["Mode"]
        return expect(mode == "Active", f"TracingConfig {mode}")

    def stage_is_traced(self) -> str:
        found = self.stage.account.client("apigateway").get_stage(
            restApiId=self.stage.api, stageName=self.stage.name
        )
        traced = found.get("tracingEnabled")
        return expect(traced is True, f"tracingEnabled {traced}")

    def rule_stands(self) -> str:
        wanted = self.stage.service.stage_settings(self.stage.name)["xray_sampling_rule"]
        pages = self.stage.account.client("xray").get_paginator("get_sampling_rules").paginate()
        rules = [record["SamplingRule"] for page in pages for record in page["SamplingRuleRecords"]]
        own = [
            rule
            for rule in rules
            if rule["ServiceName"] == f"{self.stage.function}/{self.stage.name}"
        ]
        seen = [
            {
                "priority": rule["Priority"],
                "reservoir_size": rule["ReservoirSize"],
                "fixed_rate": rule["FixedRate"],
            }
            for rule in own
        ]
        return expect(seen == [wanted], f"{seen}")

    def request_is_one_trace(self) -> str:
        answer = self.stage.ask("/health/")
        expect(answer.status == 200, f"the answer {answer.status}")
        found = traces.wait_for(
            self.stage.account,
            answer.trace_id,
            "route",
            lambda found: traces.of_route(found, "/health/"),
        )
        seen = traces.origins(found)
        return expect(set(CHAIN) <= set(seen), f"{answer.trace_id}: {', '.join(seen)}, /health/")

    def rule_samples(self) -> str:
        end = time.monotonic() + RULE_SECONDS
        while (answer := self.stage.ask("/health/", sampled="")).sampled != "1":
            expect(answer.status == 200, f"the answer {answer.status}")
            expect(time.monotonic() < end, f"not sampled in {RULE_SECONDS:g} s, {answer}")
            time.sleep(RULE_SECONDS_BETWEEN)
        return f"{answer.trace_id}: Sampled=1"

    def exception_has_its_cause(self) -> str:
        answer = self.stage.ask("/verification/fails/")
        expect(answer.status == 500, f"the answer {answer.status}")
        route = "/verification/fails/"
        found = traces.wait_for(
            self.stage.account,
            answer.trace_id,
            "route",
            lambda found: traces.of_route(found, route),
        )
        request = traces.of_route(found, route) or {}
        cause = json.dumps(request.get("cause", {}))
        holds = request.get("fault") and "RuntimeError" in cause
        return expect(holds, f"{answer.trace_id}: fault {request.get('fault')}, {cause[-120:]}")

    def schedule_is_traced(self) -> str:
        event = events.scheduled(
            SCHEDULED, lambda_name=self.stage.function, region=self.stage.account.region
        )
        answer = self.stage.account.client("lambda").invoke(
            FunctionName=self.stage.function, Payload=json.dumps(event), LogType="Tail"
        )
        log = base64.b64decode(answer["LogResult"]).decode()
        trace = TRACE_OF_THE_LOG.search(log)
        expect(trace, f"no trace id in the log: {log}")
        trace_id = trace["id"] if trace else ""
        found = traces.wait_for(self.stage.account, trace_id, SCHEDULED, named(SCHEDULED))
        return f"{trace_id}: {', '.join(str(entity['name']) for entity in found)}"

    def gateway_gives_up(self) -> str:
        answer = self.stage.ask("/verification/hangs/")
        expect(answer.status == 504, f"{answer.status} after {answer.seconds:.1f} s")
        self.killed = answer
        return f"504 after {answer.seconds:.1f} s"

    def kill_is_explained(self) -> str:
        expect(self.killed, "no request was killed")
        trace_id = self.killed.trace_id if self.killed else ""
        found = traces.wait_for(self.stage.account, trace_id, "complete report", named("deadline"))
        request = traces.of_route(found, "/verification/hangs/") or {}
        [report] = [entity for entity in found if entity.get("name") == "deadline"]
        where = report["metadata"]["tracing"]["deadline"]["where"]
        late = traces.annotation(request, "timed_out")
        holds = late is True and "end_time" in report and "verification/views.py" in where
        return expect(
            holds, f"timed_out {late}, in {where}, in progress {request.get('in_progress')}"
        )

    def kill_is_in_the_log(self) -> str:
        expect(self.killed, "no request was killed")
        log = f"/aws/lambda/{self.stage.function}"
        late = self.stage.logged(
            log, "has not finished after", lambda line: "verification/" in line
        )
        lost = self.stage.logged(log, "", LOST.search)
        return f"{late}\n{lost}"

    def kill_is_in_the_access_log(self) -> str:
        expect(self.killed, "no request was killed")
        trace_id = self.killed.trace_id if self.killed else ""
        group = f"/aws/apigateway/{self.stage.function}"
        try:
            return self.stage.logged(group, trace_id, lambda line: "504" in line)
        except self.stage.account.client("logs").exceptions.ResourceNotFoundException:
            return expect(
                False, f"no {group}: where API Gateway may not log, make deploy says how it may"
            )

    def next_is_cold(self) -> str:
        answer = self.stage.ask("/health/")
        expect(answer.status == 200, f"the answer {answer.status}")
        found = traces.wait_for(
            self.stage.account,
            answer.trace_id,
            "route",
            lambda found: traces.of_route(found, "/health/"),
        )
        cold = traces.annotation(traces.of_route(found, "/health/") or {}, "cold_start")
        return expect(cold is True, f"{answer.trace_id}: cold_start {cold}")

    def report_counts(self) -> str:
        printed = self.stage.make("report")
        routes = ("/health/", "/verification/fails/", "/verification/hangs/")
        table = re.split("\nFrom (?:API Gateway|X-Ray)", printed)[0]
        lines = [line for line in table.splitlines() if any(route in line for route in routes)]
        return expect(
            len(lines) == len(routes), "\n".join(" ".join(line.split()) for line in lines)
        )

    def doctor_is_content(self) -> str:
        return self.stage.make("doctor", "--wait 90").strip().splitlines()[-1]

    def update_keeps_tracing(self) -> str:
        self.stage.make("update")
        return self.stage_is_traced()

    def rolls_back(self) -> str:
        self.stage.make("rollback")
        answer = self.stage.ask("/health/")
        return expect(answer.status == 200, f"the answer {answer.status}")


def named(name: str) -> Callable[[list[Document]], bool]:
    """Return what tells whether an entity of this name has ended."""
    return lambda found: any(one.get("name") == name and "end_time" in one for one in found)
