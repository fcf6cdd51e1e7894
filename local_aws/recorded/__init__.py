"""What moto records for services that are not executed, and the journal that keeps it."""
