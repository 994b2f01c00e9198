package io.wasmpipes.module;

import io.wasmpipes.Bytes;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what was downloaded, by digest, with a note which digest a reference had last: a pipe starts again while the place
 * its modules come from is away. Any thread; processes may share the folder.
 */
final class Downloads implements ModuleStore {
    private static final Logger LOG = LoggerFactory.getLogger(Downloads.class);

    private final Path folder;
    private final ModuleStore origin;
    private final Map<String, String> told = new ConcurrentHashMap<>();

    Downloads(Path folder, ModuleStore origin) {
        this.folder = folder;
        this.origin = origin;
    }

    @Override
    public ModuleImage load(String subject, String reference) throws ConfigException {
        try {
            ModuleImage fresh = origin.load(subject, reference);
            keep(reference, fresh);
            told.remove(reference);
            return fresh;
        } catch (ConfigException away) {
            Optional<ModuleImage> last = last(reference);
            if (last.isEmpty()) {
                throw away;
            }
            String why = String.valueOf(away.getMessage());
            if (!why.equals(told.put(reference, why))) {
                LOG.warn(
                        "module {} is not there, using {} of {} ago: {}",
                        Endpoint.redact(reference),
                        last.get().digest(),
                        age(note(reference)),
                        why);
            }
            return last.get();
        }
    }

    /** What was downloaded from there last, if it is still kept. */
    Optional<ModuleImage> last(String reference) {
        return digest(note(reference)).flatMap(digest -> kept(reference, digest));
    }

    /** What has this digest, if it was downloaded before. */
    Optional<ModuleImage> kept(String reference, String digest) {
        try {
            String name = reference.substring(reference.lastIndexOf('/') + 1);
            ModuleImage image = ModuleImage.of(name, Bytes.wrap(Files.readAllBytes(file(digest))));
            return image.digest().equals(digest) ? Optional.of(image) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Path file(String digest) {
        return folder.resolve(digest.replace(':', '-') + ".wasm");
    }

    private Path note(String reference) {
        String name = ModuleImage.of("", Bytes.utf8(reference)).digest().replace(':', '-');
        return folder.resolve(name + ".ref");
    }

    private static Optional<String> digest(Path note) {
        try {
            return Optional.of(Files.readString(note).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static String age(Path note) {
        try {
            FileTime written = Files.getLastModifiedTime(note);
            return Duration.between(written.toInstant(), Instant.now()).toMinutes() + " min";
        } catch (IOException e) {
            return "some time";
        }
    }

    private void keep(String reference, ModuleImage image) {
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            put(file(image.digest()), image.bytes());
            put(note(reference), Bytes.utf8(image.digest()));
        } catch (IOException e) {
            LOG.warn("module {} cannot be kept in {}: {}", Endpoint.redact(reference), folder, e.toString());
        }
    }

    private static void put(Path file, Bytes bytes) throws IOException {
        Path fresh = Files.createTempFile(file.getParent(), "new", ".tmp");
        try {
            Files.write(fresh, bytes.toArray());
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }
}
