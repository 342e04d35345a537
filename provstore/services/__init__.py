"""The use cases; they own the transactions.

Every service takes its store and limits when it is built (`provstore.factory`), knows neither HTTP
nor SQL, and raises only `provstore.errors`.
"""
