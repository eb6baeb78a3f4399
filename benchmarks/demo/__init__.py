"""The tagger against the working gold of the demo corpus."""
