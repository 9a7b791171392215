"""How what was accepted reaches the office: contract, seal, outbox, delivery."""
