package io.wasmpipes.adapter.file;

import io.wasmpipes.Adapter;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Context;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Facts;
import io.wasmpipes.Frames;
import io.wasmpipes.Framing;
import io.wasmpipes.Limits;
import io.wasmpipes.Message;
import io.wasmpipes.Options;
import io.wasmpipes.Problem;
import io.wasmpipes.Problems;
import io.wasmpipes.Promise;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * {@code stdin:}, {@code stdout:} and {@code file:path}: bodies as lines or with their lengths, without headers. As a
 * dead-letter sink one line of JSON per message, see {@link DeadLetterLine}.
 */
public final class FileAdapter implements Adapter {
    private final InputStream stdin;
    private final OutputStream stdout;

    /** With the streams of the process. */
    public FileAdapter() {
        this(new FileInputStream(FileDescriptor.in), new FileOutputStream(FileDescriptor.out));
    }

    FileAdapter(InputStream stdin, OutputStream stdout) {
        this.stdin = stdin;
        this.stdout = stdout;
    }

    private record Settings(Framing framing, boolean follow, boolean fsync, Path path) {
        static Settings parse(Endpoint endpoint, Problems problems) {
            Options options = new Options(endpoint, problems);
            boolean source = endpoint.role() == Endpoint.Role.SOURCE;
            boolean file = endpoint.scheme().equals("file");
            if (endpoint.scheme().equals(source ? "stdout" : "stdin")) {
                String right = source ? "stdin:" : "stdout:";
                problems.add(endpoint.variable(), endpoint.toString(), "cannot be this end of a pipe", "use " + right);
            }
            String name = endpoint.host() + endpoint.path();
            if (file == name.isEmpty()) {
                problems.add(
                        endpoint.variable(),
                        endpoint.toString(),
                        file ? "must name a file" : "takes no name",
                        "for instance " + (file ? "file:out.txt or file:///var/out.txt" : endpoint.scheme() + ":"));
            }
            Framing framing = endpoint.role() == Endpoint.Role.DEAD_LETTER
                    ? Framing.LINES
                    : options.choice("framing", Framing.LINES);
            boolean follow = source && file && options.flag("follow", false);
            boolean fsync = !source && file && options.flag("fsync", false);
            options.rejectUnknown();
            return new Settings(framing, follow, fsync, path(endpoint, name, problems));
        }

        private static Path path(Endpoint endpoint, String name, Problems problems) {
            try {
                return Path.of(name);
            } catch (InvalidPathException e) {
                problems.add(endpoint.variable(), endpoint.toString(), "must name a file", "");
                return Path.of("");
            }
        }
    }

    @Override
    public Set<String> schemes() {
        return Set.of("stdin", "stdout", "file");
    }

    @Override
    public boolean serves(Endpoint.Role role) {
        return role != Endpoint.Role.CACHE;
    }

    @Override
    public List<Problem> problems(Endpoint endpoint) {
        Problems problems = new Problems();
        Settings.parse(endpoint, problems);
        return problems.list();
    }

    @Override
    public Set<Promise> promises(Endpoint endpoint) {
        boolean durable = Settings.parse(endpoint, new Problems()).fsync;
        return switch (endpoint.role()) {
            case SOURCE -> Set.of(Promise.ORDERED);
            case SINK, CACHE ->
                durable ? Set.of(Promise.SENDS_IN_ORDER, Promise.DURABLE) : Set.of(Promise.SENDS_IN_ORDER);
            case DEAD_LETTER ->
                Set.of(
                        Promise.SENDS_IN_ORDER,
                        Promise.HEADERS,
                        Promise.REPEATED_HEADERS,
                        Promise.BINARY_HEADERS,
                        Promise.KEY,
                        Promise.NULL_BODY);
        };
    }

    @Override
    public Facts facts(Endpoint endpoint) {
        if (endpoint.role() == Endpoint.Role.SOURCE) {
            return Facts.source("has nothing to acknowledge", "cannot take it back", Facts.NO_PLACE);
        }
        return Facts.sink(
                Settings.parse(endpoint, new Problems()).fsync ? "the disk has it" : "it is written and flushed");
    }

    @Override
    public boolean meet(Endpoint sink, Endpoint source) {
        return !source.name().isEmpty() && sink.name().equals(source.name());
    }

    @Override
    public Source deadLetters(Endpoint endpoint, Context context) throws ConfigException {
        Settings settings = settings(endpoint);
        return endpoint.scheme().equals("file") ? new DeadLetterFile(settings.path) : source(endpoint, context);
    }

    @Override
    public Source source(Endpoint endpoint, Context context) throws ConfigException {
        Settings settings = settings(endpoint);
        Limits limits = context.limits();
        Feed feed = endpoint.scheme().equals("file")
                ? new Feed.File(settings.path, settings.follow)
                : new Feed.Stream(stdin);
        return new StreamSource(endpoint.toString(), feed, new Frames(settings.framing, limits.maxMessageBytes()));
    }

    @Override
    public Sink sink(Endpoint endpoint, Context context) throws ConfigException {
        Settings settings = settings(endpoint);
        Target target = endpoint.scheme().equals("file")
                ? new Target.File(settings.path, settings.fsync)
                : new Target.Stream(stdout);
        BiConsumer<Message, ByteArrayOutputStream> form = endpoint.role() == Endpoint.Role.DEAD_LETTER
                ? new DeadLetterLine(context.clock())::write
                : (message, out) -> settings.framing.write(message.body(), out);
        return new StreamSink(endpoint.toString(), target, form);
    }

    private static Settings settings(Endpoint endpoint) throws ConfigException {
        Problems problems = new Problems();
        Settings settings = Settings.parse(endpoint, problems);
        problems.throwIfAny();
        return settings;
    }
}
