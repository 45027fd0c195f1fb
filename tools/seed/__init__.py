"""A large invented network for measuring: as many rows as the goal says, loaded with COPY in minutes."""
