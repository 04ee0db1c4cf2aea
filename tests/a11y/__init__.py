"""What a screen reader hears and a keyboard reaches."""
