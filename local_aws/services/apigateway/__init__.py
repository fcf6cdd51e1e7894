"""API Gateway: REST APIs of an OpenAPI document, stages, usage plans, keys, and their execution."""
