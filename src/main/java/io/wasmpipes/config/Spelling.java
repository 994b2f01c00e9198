package io.wasmpipes.config;

import java.util.Locale;
import java.util.Optional;

/** Finds the known name that somebody probably meant. */
final class Spelling {
    private static final int LONG_NAME = 12;
    private static final int SHORTEST = 5;

    private Spelling() {}

    /** The known name so close to {@code name} that it must be a slip. */
    static Optional<String> slip(String name, Iterable<String> known) {
        return nearest(name, known, name.length() < LONG_NAME ? 1 : 2);
    }

    /** The known name closest to {@code name}, at most {@code reach} edits away. */
    static Optional<String> nearest(String name, Iterable<String> known, int reach) {
        String shape = name.toUpperCase(Locale.ROOT).replace('-', '_').replace('.', '_');
        int best = reach + 1;
        String found = null;
        for (String candidate : known) {
            if (candidate.length() >= SHORTEST && Math.abs(candidate.length() - shape.length()) < best) {
                int distance = distance(shape, candidate);
                if (distance < best) {
                    best = distance;
                    found = candidate;
                }
            }
        }
        return Optional.ofNullable(found);
    }

    /** Insertions, deletions, substitutions and swaps of neighbours that make {@code b} of {@code a}. */
    static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                cost[i][j] = i == 0 || j == 0 ? i + j : cheapest(cost, a, b, i, j);
            }
        }
        return cost[a.length()][b.length()];
    }

    private static int cheapest(int[][] cost, String a, String b, int i, int j) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int best = Math.min(cost[i - 1][j - 1] + change, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
    }
}
