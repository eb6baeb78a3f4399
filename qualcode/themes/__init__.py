"""Uncovered segments to candidate themes. BERTopic stays inside this room."""
