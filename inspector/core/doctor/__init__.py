"""Finds out why a signature does not hold, and says what to do."""

from inspector.core.doctor.causes import CAUSES, Cause
from inspector.core.doctor.diagnose import diagnose
from inspector.core.doctor.diagnosis import Diagnosis, Hint

__all__ = ["CAUSES", "Cause", "Diagnosis", "Hint", "diagnose"]
