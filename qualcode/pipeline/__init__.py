"""Where stages meet the store: one function is one command."""
