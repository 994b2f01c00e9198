package io.wasmpipes.config;

/** A value that must not be shown: {@link #toString()} hides it. */
public record Secret(String value) {
    @Override
    public String toString() {
        return "***";
    }
}
