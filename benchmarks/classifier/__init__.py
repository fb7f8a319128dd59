"""How the line classifier is trained, and how well it does on outlets that it has not seen."""
