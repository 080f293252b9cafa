"""What real validators make of the exported contract."""
