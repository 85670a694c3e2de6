"""The warehouse: connection, schema, embedded server, lease."""
