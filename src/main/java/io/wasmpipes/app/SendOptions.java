package io.wasmpipes.app;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code wasm-pipes send} is told. */
final class SendOptions {
    @Mixin
    EnvFiles files = new EnvFiles();

    @Parameters(paramLabel = "URI", description = "a sink, such as nats://orders or http://localhost:9000/events")
    String uri = "";

    @Option(
            names = {"-d", "--data"},
            paramLabel = "TEXT",
            description = "the body; else it comes from standard input")
    @Nullable
    String data;

    @Option(names = "--file", paramLabel = "FILE", description = "a file with the body")
    @Nullable
    Path file;

    @Option(
            names = {"-H", "--header"},
            paramLabel = "NAME=VALUE",
            description = "a header; may be repeated")
    Map<String, String> headers = new LinkedHashMap<>();

    @Option(names = "--key", paramLabel = "KEY", description = "the key of the message")
    @Nullable
    String key;

    @Option(
            names = "--event",
            paramLabel = "TYPE",
            description =
                    "makes it a CloudEvent of this type, in binary mode: headers ce-specversion, ce-id, ce-source, ce-type, ce-time")
    @Nullable
    String event;

    @Option(names = "--event-source", paramLabel = "URI", description = "the event's source; wasm-pipes by default")
    String eventSource = "wasm-pipes";
}
