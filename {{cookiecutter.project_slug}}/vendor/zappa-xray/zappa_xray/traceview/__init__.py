"""Looking at traces: a local page, a terminal, figures of a deployed stage. For development only."""
