package io.wasmpipes;

import java.util.List;
import java.util.Set;

/** One message system. Found by {@link java.util.ServiceLoader}; stateless but for in-process systems. */
public interface Adapter {
    /** The URI schemes it answers to, in lower case. */
    Set<String> schemes();

    /** Whether it can be at this end: a source, or a sink (dead letters included). */
    boolean serves(Endpoint.Role role);

    /** Every mistake in the endpoint's options and variables; no input or output but the files that variables name. */
    List<Problem> problems(Endpoint endpoint);

    Set<Promise> promises(Endpoint endpoint);

    /** How the endpoint behaves, for people. */
    Facts facts(Endpoint endpoint);

    /** Which headers an end lets through whose URI has no {@code headers=}. */
    default HeaderRule defaultHeaders(Endpoint endpoint) {
        return HeaderRule.ALL;
    }

    /** What keeps {@code source}, one of this adapter's, from working together with the sinks and dead letters of its pipe. */
    default List<Problem> together(Endpoint source, List<Endpoint> sinks) {
        return List.of();
    }

    /** Opens a source without connecting. */
    Source source(Endpoint endpoint, Context context) throws ConfigException;

    /** Opens, without connecting, what reads the dead letters that a sink of this adapter has written. */
    default Source deadLetters(Endpoint endpoint, Context context) throws ConfigException {
        return source(endpoint, context);
    }

    /** Whether what goes to {@code sink} comes out at {@code source}, both of this adapter, as far as their URIs tell. */
    default boolean meet(Endpoint sink, Endpoint source) {
        return sink.name().equals(source.name());
    }

    /** Opens a sink without connecting. */
    Sink sink(Endpoint endpoint, Context context) throws ConfigException;
}
