"""What runs in Lambda for X-Ray."""
