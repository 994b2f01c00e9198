package io.wasmpipes.pipe;

/** Ways to break a pipe on purpose, by wrapping its parts: each must turn a test red. */
enum Sabotage {
    /** The sink's answer is taken for granted: settled before it has confirmed. */
    SETTLE_BEFORE_CONFIRM,
    /** Writes go to the cache at once and stay when the message fails. */
    SKIP_ROLL_BACK,
    /** A delivery counts as ours for ever. */
    IGNORE_LOST_LEASE,
    /** A settlement that failed is forgotten. */
    SWALLOW_FAILED_SETTLE,
    /** The pipe is told that a sink sends in order, which does not: a later message of a key overtakes. */
    LET_KEY_OVERTAKE
}
