"""What can be written, one module for each kind of thing: the pages' own rules and actions, each POST done once."""
