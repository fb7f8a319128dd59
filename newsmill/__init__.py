"""The core of newsmill: raw article text in, a clean article and the fate of every line out.

Values in, values out: nothing here touches Prefect, DuckDB, the network, the disk or the clock.
"""

__version__ = "0.1.0"
