"""What the page draws, worked out as plain figures: the templates only put it into markup."""
