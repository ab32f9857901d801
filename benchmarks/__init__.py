"""What tracing and packaging cost, each beside a baseline, measured in one run."""
