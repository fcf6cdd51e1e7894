"""Models and endpoints: real worker processes that answer over HTTP."""
