"""The two gates: what a delivery, a village and a candidate release must satisfy before they go on."""
