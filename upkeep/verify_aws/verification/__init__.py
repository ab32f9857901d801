"""Put into the service that `make verify-aws` deploys: what it is asked to do there."""
