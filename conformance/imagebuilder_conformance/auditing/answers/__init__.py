"""Two targets compared by what they answered: exchanges paired by what was asked, never by token."""
