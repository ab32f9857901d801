"""What runs in Lambda for X-Ray."""

import os

if "LAMBDA_TASK_ROOT" not in os.environ:  # there the SDK samples nothing by itself
    from zappa_xray.tracing import sampling_client

    sampling_client.stand_in()
