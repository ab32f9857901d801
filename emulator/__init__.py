"""An AWS on one machine: what a deployed service meets, on loopback ports, for demo and tests.

Real is what AWS publishes: the runtime client that drives a function (`awslambdaric`), and the Runtime
Interface Emulator where a test wants the kill to be AWS's own. The control plane is moto.

Imitated, because AWS publishes nothing of it:

- the Runtime API's other end and the phases of an execution environment (`runtime/`), light enough to
  run hundreds of functions in a test run, with time-outs of fractions of a second;
- the gateway with its limits and its own answers (`gateway`, `proxy`), without mapping templates,
  authorizers and caches, and without the preflight answers that Zappa's `cors` makes;
- sampling (`sampler`) and the segments that AWS writes itself (`segments`): one reservoir for one client;
- X-Ray: joining documents and summaries of them (`traces`, `trace_summaries`), a few filter expressions;
- a few operations that moto lacks (`missing_operations`, `sampling`, `role_simulation`, `served`).

`deployed_stage.DeployedStage` ties them together; `function.Function` is a function alone.
"""
