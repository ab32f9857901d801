"""What runs a function on this machine: AWS's own runtime client, and what Lambda has around it."""
