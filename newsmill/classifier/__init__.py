"""The line classifier: judges the lines that rules leave open by how they read and by what stands around them.

A small forest of decision trees over some sixty cheap features. Its weights are data in ``rules/classifier/``,
made by ``python -m benchmarks.classifier.train``.
"""
