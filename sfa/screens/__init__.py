"""All of Textual: the app and its screens; what they show comes from the floors below."""
