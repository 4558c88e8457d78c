"""Shows what a simulation came to: tables, a page and a chart (fremskrivningens sider)."""
