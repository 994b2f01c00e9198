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

    /** The numbers of the same order as {@code late}, with their places among all that came; for messages. */
    static String around(List<Integer> numbers, @Nullable Integer late, int orders) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; late != null && i < numbers.size(); i++) {
            if (numbers.get(i) % orders == late % orders) {
                text.append(i).append(": ").append(numbers.get(i)).append(", ");
            }
        }
        return text.toString();
    }
}
