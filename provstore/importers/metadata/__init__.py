"""What files say of themselves in their headers: metadata of the CTAO, GADF."""
