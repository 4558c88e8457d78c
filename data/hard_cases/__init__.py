"""The hard cases (hårde sager): what citizens write when a person must take over, as data."""
