"""Stories that cross all floors: real web server, real jobs, real PostgreSQL, real Rasa."""
