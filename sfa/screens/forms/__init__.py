"""Forms: fields of a record to type into, from their descriptions; nothing typed is lost."""
