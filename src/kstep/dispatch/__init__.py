"""Messages that cannot disappear: open until their recipient has signed for them."""
