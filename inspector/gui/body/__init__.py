"""The views of a body: tree, text, form, parts, image, hex."""
