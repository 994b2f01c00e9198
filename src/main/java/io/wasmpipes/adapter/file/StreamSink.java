package io.wasmpipes.adapter.file;

import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.Sink;
import io.wasmpipes.TransientException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;

/**
 * Appends messages to a stream of bytes. Confirmed means written and flushed. A failed call fails as a whole, and so does
 * what its thread sends until it has awaited the failure.
 */
final class StreamSink implements Sink {
    private final String name;
    private final Target target;
    private final BiConsumer<Message, ByteArrayOutputStream> form;
    private final ReentrantLock writing = new ReentrantLock();

    @SuppressWarnings("ThreadLocalUsage") // one count per thread and sink
    private final ThreadLocal<AtomicInteger> failedCalls = ThreadLocal.withInitial(AtomicInteger::new);

    /** {@code name} is for people; {@code form} writes one message. */
    StreamSink(String name, Target target, BiConsumer<Message, ByteArrayOutputStream> form) {
        this.name = name;
        this.target = target;
        this.form = form;
    }

    @Override
    public void connect() throws TransientException, InterruptedException {
        writing.lockInterruptibly();
        try {
            target.open();
        } catch (IOException e) {
            throw outage(e);
        } finally {
            writing.unlock();
        }
    }

    @Override
    public Pending send(List<Message> messages) throws InterruptedException {
        AtomicInteger failed = failedCalls.get();
        if (failed.get() > 0) {
            return failed(messages.size(), TransientException.outage("an earlier message is not written"), failed);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (Message message : messages) {
            form.accept(message, bytes);
        }
        writing.lockInterruptibly();
        try {
            target.open();
            target.append(bytes.toByteArray());
        } catch (IOException e) {
            return failed(messages.size(), outage(e), failed);
        } finally {
            writing.unlock();
        }
        List<Outcome> outcomes = Collections.nCopies(messages.size(), Outcome.Confirmed.YES);
        return () -> outcomes;
    }

    private static Pending failed(int count, TransientException why, AtomicInteger failed) {
        failed.incrementAndGet();
        List<Outcome> outcomes = Collections.nCopies(count, new Outcome.Failed(why));
        AtomicBoolean awaited = new AtomicBoolean();
        return () -> {
            if (awaited.compareAndSet(false, true)) {
                failed.decrementAndGet();
            }
            return outcomes;
        };
    }

    private TransientException outage(IOException e) {
        return TransientException.outage(
                name + " cannot be written: " + e.getClass().getSimpleName() + " " + e.getMessage(), e);
    }

    @Override
    public void close() {
        writing.lock();
        try {
            target.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(name + " cannot be closed", e);
        } finally {
            writing.unlock();
        }
    }
}
