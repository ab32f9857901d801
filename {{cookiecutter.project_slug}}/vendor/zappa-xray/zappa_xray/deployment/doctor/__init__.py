"""Follows a request from the client to X-Ray and says of each link whether it holds."""
