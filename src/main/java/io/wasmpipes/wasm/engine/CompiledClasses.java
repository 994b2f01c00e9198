package io.wasmpipes.wasm.engine;

import com.dylibso.chicory.compiler.Cache;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compiled modules on disk, one file per module: its SHA-256, then the classes. The classes are trusted, so the folder is
 * closed to others and a file whose digest does not fit counts as absent. A folder that cannot be used costs compile
 * time, nothing else. Any thread, any number of processes.
 */
final class CompiledClasses implements Cache {
    private static final Logger LOG = LoggerFactory.getLogger(CompiledClasses.class);
    private static final int DIGEST = 32;

    private final Path folder;

    CompiledClasses(Path folder) {
        this.folder = folder;
    }

    @Override
    public byte @Nullable [] get(String key) {
        try {
            byte[] file = Files.readAllBytes(path(key));
            byte[] classes = Arrays.copyOfRange(file, Math.min(DIGEST, file.length), file.length);
            if (!MessageDigest.isEqual(sha256(classes), Arrays.copyOf(file, DIGEST))) {
                LOG.warn("compiled module is damaged, compiling it again file={}", path(key));
                return null;
            }
            return classes;
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            LOG.warn("compiled module is unreadable, compiling it again: {}", e.toString());
            return null;
        }
    }

    @Override
    public void putIfAbsent(String key, byte[] classes) {
        try {
            createFolder();
            Path draft = Files.createTempFile(folder, "draft", ".tmp"); // 0600
            try {
                byte[] file = Arrays.copyOf(sha256(classes), DIGEST + classes.length);
                System.arraycopy(classes, 0, file, DIGEST, classes.length);
                Files.write(draft, file);
                Files.move(draft, path(key), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(draft);
            }
        } catch (IOException e) {
            LOG.warn("compiled module cannot be kept for the next start: {}", e.toString());
        }
    }

    private void createFolder() throws IOException {
        Files.createDirectories(folder);
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        }
    }

    private Path path(String key) {
        return folder.resolve(HexFormat.of().formatHex(sha256(key.getBytes(StandardCharsets.UTF_8))));
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
