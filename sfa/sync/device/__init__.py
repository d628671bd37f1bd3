"""The device's side of a sync: the store as the engine asks and changes it. No network here."""

from sfa.sync.device.facade import Device

__all__ = ["Device"]
