"""IAM's SimulatePrincipalPolicy, which moto lacks, for the inline policies of a role.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from moto.iam.models import iam_backends

from emulator.events import ACCOUNT_ID

RESULT = """<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
<SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated><EvaluationResults>{members}
</EvaluationResults></SimulatePrincipalPolicyResult>
<ResponseMetadata><RequestId>emulated</RequestId></ResponseMetadata>
</SimulatePrincipalPolicyResponse>"""
MEMBER = """<member><EvalActionName>{action}</EvalActionName>
<EvalResourceName>*</EvalResourceName><EvalDecision>{decision}</EvalDecision>
<MatchedStatements/><MissingContextValues/></member>"""


def simulate(form: dict[str, str]) -> str:
    """Return IAM's XML for the actions of a request, given as its form fields."""
    actions = [value for key, value in form.items() if key.startswith("ActionNames.member.")]
    statements = list(role_statements(form["PolicySourceArn"].rsplit("/", 1)[-1]))
    members = (
        MEMBER.format(action=action, decision=decide(action, statements)) for action in actions
    )
    return RESULT.format(members="\n".join(members))


def role_statements(role: str) -> Iterator[dict[str, Any]]:
    partitions = iam_backends[ACCOUNT_ID]
    for policy in partitions["aws"].get_role(role).policies.values():
        document = json.loads(policy) if isinstance(policy, str) else policy
        statements = document["Statement"]
        yield from statements if isinstance(statements, list) else [statements]


def decide(action: str, statements: list[dict[str, Any]]) -> str:
    effects = {statement["Effect"] for statement in statements if covers(statement, action)}
    if "Deny" in effects:
        return "explicitDeny"
    return "allowed" if "Allow" in effects else "implicitDeny"


def covers(statement: dict[str, Any], action: str) -> bool:
    actions = statement.get("Action", [])
    patterns = [actions] if isinstance(actions, str) else actions
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)
