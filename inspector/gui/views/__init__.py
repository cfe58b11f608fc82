"""The parts of the window, each a widget."""
