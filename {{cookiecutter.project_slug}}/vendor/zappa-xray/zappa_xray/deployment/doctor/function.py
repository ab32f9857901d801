"""What Lambda and IAM show of a stage's function."""

from typing import Any

from zappa_xray.deployment.doctor.link import Broken
from zappa_xray.deployment.rehearsal import rehearse
from zappa_xray.deployment.stage import CallFailed, Stage

# Zappa lets API Gateway invoke the function with the function's own role.
ROLE_ACTIONS = ["lambda:InvokeFunction", "xray:PutTraceSegments", "xray:PutTelemetryRecords"]


def configuration(stage: Stage) -> dict[str, Any]:
    """Return Lambda's configuration of what requests reach: the function, or the version of its alias.

    Raises Broken when it is not deployed.
    """
    alias = stage.cli.apigateway_lambda_qualifier
    which = {"Qualifier": alias} if alias else {}
    try:
        return stage.call(
            "lambda", "get_function_configuration", FunctionName=stage.function, **which
        )
    except CallFailed as failure:
        if failure.code != "ResourceNotFoundException":
            raise
        missing = f"{stage.function} with an alias {alias}" if alias else stage.function
        raise Broken(
            f"{missing} does not exist in {stage.region}",
            f"make deploy STAGE={stage.name}" + (", or make update" if alias else ""),
        ) from failure


def is_as_in_the_settings(stage: Stage) -> str:
    deployed, cli = configuration(stage), stage.cli
    wanted = {
        "Runtime": cli.runtime,
        "Timeout": cli.timeout_seconds,
        "MemorySize": cli.memory_size,
        "Handler": cli.lambda_handler,
    }
    other = [
        f"{key} is {deployed.get(key)} and not {value}"
        for key, value in wanted.items()
        if deployed.get(key) != value
    ]
    if other:
        raise Broken("; ".join(other), f"make update STAGE={stage.name}")
    return f"{stage.function} is deployed as zappa_settings.json says{snapshot(stage, deployed)}"


def snapshot(stage: Stage, deployed: dict[str, Any]) -> str:
    """Return what to say of SnapStart. Raises Broken where it is wanted and starts nothing."""
    if stage.cli.snap_start in (None, "None"):
        return ""
    snap_start = deployed.get("SnapStart", {})
    # https://docs.aws.amazon.com/lambda/latest/api/API_SnapStartResponse.html
    if snap_start.get("OptimizationStatus") != "On":
        raise Broken(
            f"version {deployed.get('Version')}, to which the requests go, starts from no snapshot"
            f" (ApplyOn is {snap_start.get('ApplyOn')})",
            f"make update STAGE={stage.name}",
        )
    return f", as version {deployed['Version']} from a snapshot"


def is_traced(stage: Stage) -> str:
    mode = configuration(stage).get("TracingConfig", {}).get("Mode", "PassThrough")
    if mode != "Active":
        raise Broken(
            f"TracingConfig is {mode}",
            f"set xray_tracing to true, then make update STAGE={stage.name}",
        )
    return "TracingConfig is Active"


def has_its_environment(stage: Stage) -> str:
    deployed = configuration(stage).get("Environment", {}).get("Variables", {})
    wrong = [
        f"{name} is not as in zappa_settings.json"
        for name, value in stage.settings.get("aws_environment_variables", {}).items()
        if deployed.get(name) != value
    ]
    # https://docs.aws.amazon.com/xray-sdk-for-python/latest/reference/configurations.html
    if deployed.get("AWS_XRAY_SDK_ENABLED", "true").lower() == "false":
        wrong.append("AWS_XRAY_SDK_ENABLED is false: the SDK records nothing")
    module = stage.settings.get("django_settings", "")
    remote = stage.settings.get("remote_env")
    tried = rehearse(stage.settings, stage.name, deployed) if module and not remote else None
    if tried and tried.refusal and tried.conclusive:
        wrong.append(f"{module} does not start with it: {tried.refusal}")
    if wrong:
        raise Broken(
            "; ".join(wrong),
            f"put it right in .env.{stage.name} or zappa_settings.json, then make update"
            f" STAGE={stage.name}; Zappa's update keeps variables that are named nowhere",
        )
    if not tried or tried.refusal:
        return f"complete as far as it is known here ({tried.refusal if tried else remote})"
    return f"{module} starts with its {len(deployed)} variables"


def role_may_send(stage: Stage) -> str:
    function = configuration(stage)
    role = function["Role"]
    answer = stage.call(
        "iam",
        "simulate_principal_policy",
        PolicySourceArn=role,
        ActionNames=ROLE_ACTIONS,
        ResourceArns=[function["FunctionArn"]],
    )
    denied = [
        result["EvalActionName"]
        for result in answer["EvaluationResults"]
        if result["EvalDecision"] != "allowed"
    ]
    if denied:
        raise Broken(
            f"{role} may not {', '.join(denied)}",
            "iam/execution-policy.json allows it; with a role of your own (role_arn) add it there",
        )
    return f"{role.rpartition('/')[2]} may be used by API Gateway and may send traces"
