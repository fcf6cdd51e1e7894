"""The content of the state folder: documents, objects, tables, files written whole."""
