package io.wasmpipes;

/** What became of a message that was sent. */
public sealed interface Outcome {
    /** The system has taken responsibility for it. */
    record Confirmed() implements Outcome {
        public static final Confirmed YES = new Confirmed();
    }

    /** It was not confirmed: {@link TransientException} or {@link PoisonException}. It may have arrived all the same. */
    record Failed(PipeException why) implements Outcome {}
}
