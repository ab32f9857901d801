"""The origin story on this machine: why HTTPS is dark, what switches it on, what a killed request leaves."""
