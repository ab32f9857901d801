"""A stage in somebody's own AWS account: made, asked, killed, read back, and taken away."""
