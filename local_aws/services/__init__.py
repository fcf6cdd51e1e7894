"""The services of the local AWS, a folder each: engines, and the rows of their operations."""
