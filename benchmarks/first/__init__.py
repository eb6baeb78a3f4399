"""The main job on 7,400 public feedback comments: time, memory, and how well it tags with no labels at all."""
