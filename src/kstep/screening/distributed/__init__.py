"""Screening on a Spark cluster: the same kernels over the same index files, with the people in batches, a batch a task.

Spark is loaded only when a run asks for it. A worker that is lost costs the batches it had in hand, which others compare
again; what was found is the same, whoever found it.
"""
