package io.wasmpipes.e2e;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The numbers that have come out, in their order. Thread-safe. */
final class Arrivals {
    /** Numbers that leave the same rest are of one key. */
    static final int KEYS = 64;

    private final List<Integer> numbers = new ArrayList<>();

    synchronized void add(String body) {
        numbers.add(Feed.number(body));
    }

    synchronized List<Integer> list() {
        return List.copyOf(numbers);
    }

    static String key(int number) {
        return "key-" + number % KEYS;
    }

    static int duplicates(List<Integer> numbers) {
        return numbers.size() - new HashSet<>(numbers).size();
    }

    /** The first number that came after a later one of its key had come for the first time; null if all are in order. */
    static @Nullable Integer outOfOrder(List<Integer> numbers) {
        return outOfOrder(numbers, KEYS);
    }

    /** The same of numbers that leave the same rest by {@code orders}. */
    static @Nullable Integer outOfOrder(List<Integer> numbers, int orders) {
        Map<Integer, Integer> last = new HashMap<>();
        Set<Integer> seen = new HashSet<>();
        for (int number : numbers) {
            if (seen.add(number)) {
                Integer before = last.put(number % orders, number);
                if (before != null && before > number) {
                    return number;
                }
            }
        }
        return null;
    }
}
