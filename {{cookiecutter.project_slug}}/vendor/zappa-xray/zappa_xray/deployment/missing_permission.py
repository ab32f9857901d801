"""The permission that a call of Zappa's lacks, in place of what Zappa makes of the refusal."""

from collections.abc import Iterator
from typing import Any

from botocore.client import BaseClient
from botocore.model import OperationModel

from zappa_xray.deployment.policies import action_of, where
from zappa_xray.deployment.stage import DENIED, CallFailed, Stage

# HEAD has no body that could hold a word for it.
REFUSED = (*DENIED, "403")
# Zappa goes on: AWS refuses it where a region has no function URLs.
MAY_BE_REFUSED = ("ListFunctionUrlConfigs",)


def clients(zappa: Any) -> Iterator[Any]:
    """Yield the clients of AWS that an instance of Zappa's core holds."""
    for value in vars(zappa).values():
        client = getattr(getattr(value, "meta", None), "client", value)  # a resource's, or itself
        if isinstance(client, BaseClient):
            yield client


def name_missing_permissions(stage: Stage) -> None:
    """Have every refused call of Zappa's end with the sentence that names the permission."""

    def refuse(parsed: dict[str, Any], model: OperationModel, **_: Any) -> None:
        code = parsed.get("Error", {}).get("Code", "")
        if code in REFUSED and model.name not in MAY_BE_REFUSED:
            raise CallFailed(sentence(model, stage), code)

    for client in clients(stage.cli.zappa):
        client.meta.events.register("after-call", refuse)


def sentence(model: OperationModel, stage: Stage) -> str:
    """Return what is missing for an operation, and where that is given."""
    needed = action_of(model)
    said = f"the permission {needed} is missing: {where(needed)}"
    if needed == "s3:ListBucket":
        bucket = stage.cli.s3_bucket_name
        said += (
            f"; or the bucket {bucket} is somebody else's, for their names are worldwide: then give"
            " s3_bucket another one, in zappa_settings.json and in iam/"
        )
    if needed in ("iam:CreateRole", "iam:PutRolePolicy"):
        said += f"; or an administrator runs make role STAGE={stage.name} once"
    return said
