package io.wasmpipes;

/** What an adapter promises for an endpoint: the pipe's policy and the adapter contract go by it. */
public enum Promise {
    /** Source: what is unsettled, or handed back, comes again, also after a restart of the pipe. */
    REDELIVERS,
    /** Source: messages have ids that are the same at every delivery. */
    STABLE_IDS,
    /** Source: {@link Delivery#attempt()} counts. */
    COUNTS_DELIVERIES,
    /** Source: Reject has a place to go or a sender to tell. */
    REJECTS,
    /** Source: deliveries live on a lease that the adapter extends. */
    LEASED,
    /** Source: the answer of Done reaches the sender. */
    REPLIES,
    /** Source: what the sinks get of a message and its being done become real together, or not at all; the cache does not. */
    EXACTLY_ONCE,
    /** Source: all messages come in one order; handed-back ones before later ones, except where the docs say otherwise. */
    ORDERED,
    /** Source: messages of one key come in order. */
    ORDERED_BY_KEY,
    /** Sink: see {@link Sink#send}. */
    SENDS_IN_ORDER,
    /** Sink: Confirmed means that the message survives a crash of the system. */
    DURABLE,
    /** Sink: drops a second message of the same id. */
    DEDUPLICATES,
    /** Headers are carried. */
    HEADERS,
    /** Several headers of one name are carried. */
    REPEATED_HEADERS,
    /** Header values that are no text are carried. */
    BINARY_HEADERS,
    /** {@link Message#key()} is carried. */
    KEY,
    /** {@link Bytes#NULL} is told apart from an empty body. */
    NULL_BODY
}
