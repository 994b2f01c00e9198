package io.wasmpipes.config;

/**
 * One variable as it is in force, its secrets hidden.
 *
 * @param byDefault whether nobody has set it
 */
public record Shown(String name, String value, boolean byDefault) {
    @Override
    public String toString() {
        return name + "=" + value + (byDefault ? " (default)" : "");
    }
}
