"""What a cold start waits for: who imported what, and how long that took."""
