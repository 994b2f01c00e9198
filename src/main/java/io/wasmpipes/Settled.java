package io.wasmpipes;

/** How one delivery ended. */
public record Settled(Delivery delivery, Settlement settlement) {}
