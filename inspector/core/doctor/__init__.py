"""Why a signature is bad: the causes, and how each is found out."""
