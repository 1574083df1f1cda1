"""The messages of Caffe's files as field tables."""
