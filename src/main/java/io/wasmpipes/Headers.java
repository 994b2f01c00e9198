package io.wasmpipes;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a message: small, immutable, in order, duplicates allowed. Names keep their case and are found
 * without regard to ASCII case. A vendor's headers are decoded when first looked at.
 */
public final class Headers implements Iterable<Header> {
    public static final Headers EMPTY = new Headers(List.of(), null);

    private volatile @Nullable List<Header> list;
    private volatile @Nullable Supplier<List<Header>> decoder;

    private Headers(@Nullable List<Header> list, @Nullable Supplier<List<Header>> decoder) {
        this.list = list;
        this.decoder = decoder;
    }

    public static Headers of(List<Header> headers) {
        return headers.isEmpty() ? EMPTY : new Headers(List.copyOf(headers), null);
    }

    public static Headers of(Map<String, String> headers) {
        return of(headers.entrySet().stream()
                .map(e -> Header.of(e.getKey(), e.getValue()))
                .toList());
    }

    /** Headers that {@code decoder} reads when they are first looked at; it must be pure and safe from any thread. */
    public static Headers lazy(Supplier<List<Header>> decoder) {
        return new Headers(null, decoder);
    }

    private List<Header> entries() {
        List<Header> known = list;
        if (known != null) {
            return known;
        }
        Supplier<List<Header>> pending = decoder;
        if (pending == null) { // another thread has just decoded them
            return Objects.requireNonNull(list);
        }
        List<Header> decoded = List.copyOf(pending.get());
        list = decoded;
        decoder = null;
        return decoded;
    }

    public boolean isEmpty() {
        return entries().isEmpty();
    }

    public List<Header> list() {
        return entries();
    }

    /** The first value under {@code name} as text. */
    public Optional<String> first(String name) {
        for (Header header : entries()) {
            if (header.name().equalsIgnoreCase(name)) {
                return Optional.of(header.text());
            }
        }
        return Optional.empty();
    }

    /** These headers, those under {@code name} replaced by one at the end. */
    public Headers with(String name, String value) {
        List<Header> next = new ArrayList<>(without(name).list());
        next.add(Header.of(name, value));
        return of(next);
    }

    public Headers without(String name) {
        return keep(header -> !header.name().equalsIgnoreCase(name));
    }

    /** The headers that satisfy {@code wanted}; this object itself when all do. */
    public Headers keep(Predicate<Header> wanted) {
        List<Header> all = entries();
        for (Header header : all) { // most messages keep all they have: no stream for them
            if (!wanted.test(header)) {
                return of(all.stream().filter(wanted).toList());
            }
        }
        return this;
    }

    /** Name in lower case, for tables of names. */
    public static String fold(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /** The characters and bytes of all names and values. */
    public int size() {
        int size = 0;
        for (Header header : entries()) {
            size += header.size();
        }
        return size;
    }

    @Override
    public Iterator<Header> iterator() {
        return entries().iterator();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Headers that && entries().equals(that.entries());
    }

    @Override
    public int hashCode() {
        return entries().hashCode();
    }

    /** Names only: values may be secret. */
    @Override
    public String toString() {
        return entries().stream().map(Header::name).toList().toString();
    }
}
