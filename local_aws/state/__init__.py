"""What is kept in the state folder: documents, objects, tables, files written whole."""
