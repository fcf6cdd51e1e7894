"""The kinds of resources that the course makes: how each is found, told apart and deleted."""
