"""The tests, as a package: one of this name in site-packages does not stand before it."""
