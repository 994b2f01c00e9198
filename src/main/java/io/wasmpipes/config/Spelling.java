package io.wasmpipes.config;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds the known name that somebody probably meant. */
final class Spelling {
    private static final int LONG_NAME = 12;
    private static final int SHORTEST = 5;

    private final List<String> known;
    private final int[] letters;

    Spelling(Collection<String> names) {
        known = names.stream().filter(name -> name.length() >= SHORTEST).toList();
        letters = known.stream().mapToInt(Spelling::letters).toArray();
    }

    /** The known name so close to {@code name} that it must be a slip. */
    Optional<String> slip(String name) {
        return nearest(name, name.length() < LONG_NAME ? 1 : 2);
    }

    /** The known name closest to {@code name}, at most {@code reach} edits away. */
    Optional<String> nearest(String name, int reach) {
        String shape = name.toUpperCase(Locale.ROOT).replace('-', '_').replace('.', '_');
        int shapeLetters = letters(shape);
        int best = reach + 1;
        String found = null;
        for (int i = 0; i < known.size(); i++) {
            boolean possible = Integer.bitCount(shapeLetters ^ letters[i]) <= 2 * (best - 1);
            int distance = possible ? distance(shape, known.get(i), best - 1) : best;
            if (distance < best) {
                best = distance;
                found = known.get(i);
            }
        }
        return Optional.ofNullable(found);
    }

    /** The set of letters in a name. An edit adds or takes at most two, which spares most comparisons at start. */
    private static int letters(String name) {
        int set = 0;
        for (int i = 0; i < name.length(); i++) {
            set |= 1 << (name.charAt(i) & 31);
        }
        return set;
    }

    /**
     * Insertions, deletions, substitutions and swaps of neighbours that make {@code b} of {@code a}; {@code limit + 1} if
     * more than {@code limit}. Looks only near the diagonal and stops early.
     */
    static int distance(String a, String b, int limit) {
        if (Math.abs(a.length() - b.length()) > limit) {
            return limit + 1;
        }
        int[] before = row(b, limit);
        int[] last = row(b, limit);
        for (int j = 0; j <= Math.min(b.length(), limit); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = row(b, limit);
            row[0] = Math.min(i, limit + 1);
            int least = row[0];
            for (int j = Math.max(1, i - limit); j <= Math.min(b.length(), i + limit); j++) {
                int change = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, 1 + Math.min(last[j], row[j - 1]));
                if (swapped(a, b, i, j)) {
                    row[j] = Math.min(row[j], before[j - 2] + 1);
                }
                least = Math.min(least, row[j]);
            }
            if (least > limit) {
                return limit + 1;
            }
            before = last;
            last = row;
        }
        return Math.min(last[b.length()], limit + 1);
    }

    private static int[] row(String b, int limit) {
        int[] row = new int[b.length() + 1];
        Arrays.fill(row, limit + 1);
        return row;
    }

    private static boolean swapped(String a, String b, int i, int j) {
        return i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    }
}
