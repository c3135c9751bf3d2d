"""The Prefect side: flows that hand batches of ids to services, and what runs them."""
