"""Descriptions of UWS jobs: VOTable and WADL of OPUS."""
