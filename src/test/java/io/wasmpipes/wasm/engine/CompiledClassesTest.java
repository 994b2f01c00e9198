package io.wasmpipes.wasm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Bytes;
import io.wasmpipes.support.Wat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompiledClassesTest {
    private static final Bytes MODULE = Wat.module(
            "(module (memory (export \"memory\") 1) (func (export \"answer\") (result i32) (i32.const 42)))");

    @TempDir
    private Path state;

    @Test
    void a_module_is_compiled_once_and_taken_from_disk_afterwards() throws Exception {
        assertThat(answer()).isEqualTo(42);
        Path file = file();
        Object first = Files.readAttributes(file, "lastModifiedTime,fileKey");
        assertThat(answer()).isEqualTo(42);
        assertThat(Files.readAttributes(file, "lastModifiedTime,fileKey"))
                .as("written once")
                .isEqualTo(first);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
                .isEqualTo("rwx------");
        assertThat(file.getParent().getFileName().toString()).isEqualTo("chicory-1.7.5");
    }

    @Test
    void a_damaged_file_is_compiled_again() throws Exception {
        answer();
        Path file = file();
        byte[] good = Files.readAllBytes(file);
        for (byte[] damaged : List.of(flipped(good), new byte[0], new byte[10])) {
            Files.write(file, damaged);
            assertThat(answer()).isEqualTo(42);
            assertThat(Files.size(file)).as("replaced by a good one").isGreaterThan(100);
        }
    }

    @Test
    void a_folder_that_cannot_be_written_costs_only_time() throws Exception {
        Files.writeString(state.resolve("compiled"), "a file in the way");
        assertThat(answer()).isEqualTo(42);
    }

    private long answer() throws Exception {
        try (Engine engine = new Engine(state, new Ambience(InstantSource.system(), new Random(1)))) {
            Program program = engine.compile("t", MODULE);
            GuestLimits limits = new GuestLimits(1 << 20, Duration.ofSeconds(1));
            try (Guest guest = program.open(List.of(), limits, new GuestLog("t", System::nanoTime))) {
                return guest.call("answer");
            }
        }
    }

    private Path file() throws IOException {
        try (Stream<Path> files = Files.walk(state)) {
            List<Path> found = files.filter(Files::isRegularFile).toList();
            assertThat(found).as("no drafts stay behind").hasSize(1);
            return found.getFirst();
        }
    }

    private static byte[] flipped(byte[] bytes) {
        byte[] copy = bytes.clone();
        copy[copy.length / 2] ^= 1;
        return copy;
    }
}
