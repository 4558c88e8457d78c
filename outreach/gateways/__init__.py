"""The doors to the vendors, each keeping a promise of `outreach.runtime`."""
