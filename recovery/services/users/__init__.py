"""Who works with Recovery, and how they prove who they are."""
