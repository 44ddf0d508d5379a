"""What PySceneDetect's detectors get: small pictures, and how much each differs from the last."""
