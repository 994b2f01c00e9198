package io.wasmpipes.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Makes keys and certificates as PEM files with the openssl command. */
public final class Pem {
    private Pem() {}

    /** A certificate and its private key. */
    public record Pair(Path certificate, Path key) {}

    /** A certificate for localhost and 127.0.0.1 that signs itself, so that it can stand as its own authority. */
    public static Pair selfSigned(Path folder, String name) {
        return selfSigned(folder, name, "rsa:2048");
    }

    /** As {@link #selfSigned(Path, String)}; {@code kind} is what {@code openssl req -newkey} takes, such as {@code ed25519}. */
    public static Pair selfSigned(Path folder, String name, String kind) {
        Pair pair = new Pair(folder.resolve(name + ".crt"), folder.resolve(name + ".key"));
        List<String> command =
                new ArrayList<>(List.of("req", "-x509", "-nodes", "-days", "30", "-subj", "/CN=" + name));
        command.addAll(List.of("-newkey"));
        command.addAll(List.of(kind.split(" ", -1)));
        command.addAll(List.of("-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"));
        command.addAll(List.of(
                "-keyout", pair.key().toString(), "-out", pair.certificate().toString()));
        openssl(command.toArray(String[]::new));
        return pair;
    }

    /** Runs openssl with these arguments. */
    public static void openssl(String... arguments) {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(command + " failed: " + output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run openssl: apt-get install -y openssl", e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
