"""Sends the exchanges of a recorded failure again, and says whether it shows again."""
