"""The demo's telephone network: it stands in for Twilio at HTTP level, and shows telephones.

Only `bot.simulator.app.mount` puts it into the web app, and only for a demo. Nothing else in the
program knows of it: messages come in and go out exactly as they would with Twilio.
"""
