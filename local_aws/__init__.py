"""A local AWS that executes: jobs run as processes, SQL is answered, endpoints serve HTTP."""
