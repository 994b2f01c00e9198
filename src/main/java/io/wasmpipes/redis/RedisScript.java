package io.wasmpipes.redis;

import io.wasmpipes.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A Lua script that Redis runs as one step. */
public record RedisScript(Bytes source, String digest) {
    /** The script in the resource {@code name} beside {@code home}. */
    public static RedisScript load(Class<?> home, String name) {
        try (InputStream in = home.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + name + " is missing");
            }
            byte[] source = in.readAllBytes();
            byte[] hash = MessageDigest.getInstance("SHA-1").digest(source); // how Redis names scripts
            return new RedisScript(Bytes.wrap(source), HexFormat.of().formatHex(hash));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }
}
