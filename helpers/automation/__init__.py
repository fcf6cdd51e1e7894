"""The automatic pipeline: new data in, a better model live"""
