"""How somebody gets in at the desk (log på), and for how long they stay.

`attempts` counts tries and checks passwords, `second_factor` the one-time codes, `provider` what a
municipality's own OpenID Connect provider says; `sessions` begins, finds and ends sessions, and
`sealing` keeps secrets that must be read again.
"""
