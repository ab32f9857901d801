"""An AWS on one machine: what a deployed service meets, on loopback ports, for demo and tests."""
