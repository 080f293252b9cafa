"""What there is to say of a clause: one text, and what it is made of."""
