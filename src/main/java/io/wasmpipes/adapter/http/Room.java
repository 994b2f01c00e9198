package io.wasmpipes.adapter.http;

import io.wasmpipes.Limits;

/**
 * The budget of requests that are accepted and not settled, in messages and bytes: those being read, those that wait and
 * those in the pipe. What a request needs is taken before its body is read, so that memory stays flat however many come.
 * A request larger than the whole budget is let in alone. Thread-safe.
 */
final class Room {
    private final int maxMessages;
    private final long maxBytes;
    private int messages;
    private long bytes;

    Room(Limits limits) {
        maxMessages = limits.maxInFlight();
        maxBytes = limits.maxInFlightBytes();
    }

    /** Takes one message of so many bytes; false, and nothing is taken, if there is no room. */
    synchronized boolean enter(long size) {
        if (messages >= maxMessages || (messages > 0 && bytes + size > maxBytes)) {
            return false;
        }
        messages++;
        bytes += size;
        return true;
    }

    /** Takes more bytes for a message that has entered. */
    synchronized boolean grow(long more) {
        if (messages > 1 && bytes + more > maxBytes) {
            return false;
        }
        bytes += more;
        return true;
    }

    synchronized void shrink(long less) {
        bytes -= less;
    }

    synchronized void leave(long size) {
        messages--;
        bytes -= size;
    }

    synchronized int messages() {
        return messages;
    }

    synchronized long bytes() {
        return bytes;
    }
}
