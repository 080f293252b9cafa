"""The client: signs and sends requests, and turns every exchange into evidence."""
