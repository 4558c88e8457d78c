"""Questions to the database, a module a noun, a function a question, everything it needs loaded."""
