package io.wasmpipes;

/**
 * One mistake in the configuration.
 *
 * @param subject the variable, or the variable and its URI option
 * @param value what was given, secrets redacted; empty if nothing was
 * @param rule what must hold
 * @param hint what to do about it; empty if the rule says it all
 */
public record Problem(String subject, String value, String rule, String hint) {
    @Override
    public String toString() {
        String given = value.isEmpty() ? "" : " (was " + value + ")";
        return subject + ": " + rule + given + (hint.isEmpty() ? "" : "; " + hint);
    }
}
