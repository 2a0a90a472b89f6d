"""Kaynak: ask a folder of documents; every statement shows the sentence it stands on."""
