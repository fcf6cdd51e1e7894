"""The operations that moto records for services that no engine executes, and their journal."""
