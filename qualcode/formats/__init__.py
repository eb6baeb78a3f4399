"""What a reader and a writer of the same format share."""
