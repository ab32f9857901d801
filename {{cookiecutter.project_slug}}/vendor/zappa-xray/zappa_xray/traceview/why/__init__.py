"""Why one request was slow, failed or was killed: what is known of it, joined into one sentence."""
