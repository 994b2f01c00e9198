package io.wasmpipes.config;

/**
 * One known variable: the row that parsing, the documentation and {@code .env.example} share.
 *
 * @param name the variable; {@code <LABEL>}, {@code <ALIAS>}, {@code <KEY>} and {@code <NAME>} stand for a part to choose
 * @param fallback its default as one would write it, or in words where {@link #derived} says that it is computed
 * @param text what it does, for people
 * @param secret whether its value is never shown
 */
record Setting(String name, String fallback, String text, boolean secret) {
    static Setting of(String name, String fallback, String text) {
        return new Setting(name, fallback, text, false);
    }

    static Setting secret(String name, String text) {
        return new Setting(name, "", text, true);
    }

    /** Whether the default is said in words and computed, rather than parsed. */
    boolean derived() {
        return fallback.contains(" ");
    }

    /** Whether the name stands for many. */
    boolean isPattern() {
        return name.contains("<");
    }
}
