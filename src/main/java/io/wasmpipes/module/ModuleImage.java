package io.wasmpipes.module;

import io.wasmpipes.Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The code of one module as it was read.
 *
 * @param name what it is called where it was found, such as {@code hot.wasm}
 * @param digest {@code sha256:} and 64 hexadecimal digits
 */
public record ModuleImage(String name, Bytes bytes, String digest) {
    /** An image of {@code bytes} with its digest computed. */
    public static ModuleImage of(String name, Bytes bytes) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(bytes.asBuffer());
            return new ModuleImage(name, bytes, "sha256:" + HexFormat.of().formatHex(sha256.digest()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
