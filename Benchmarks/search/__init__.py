"""The search benchmark: Sosia's indexes beside FAISS, hnswlib and USearch."""
