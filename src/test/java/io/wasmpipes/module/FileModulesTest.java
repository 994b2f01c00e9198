package io.wasmpipes.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.Bytes;
import io.wasmpipes.ConfigException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileModulesTest {
    @TempDir
    private Path bucket;

    private FileModules modules;

    @BeforeEach
    void fill() throws IOException {
        modules = new FileModules(bucket);
        write("flat.wasm", "flat");
        write("nested/nested.wasm", "nested");
        write("both.wasm", "outer");
        write("both/both.wasm", "inner");
        write("plain", "plain");
        write("plain.wasm", "not the exact name");
        write("hot/main.wasm", "as the original keeps them");
    }

    private void write(String name, String content) throws IOException {
        Path file = bucket.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private String found(String reference) throws ConfigException {
        return modules.load("MODULE_X_URI", reference).bytes().utf8();
    }

    @Test
    void a_name_is_looked_up_exactly_then_as_file_then_in_its_own_folder() throws Exception {
        assertThat(found("flat.wasm")).isEqualTo("flat");
        assertThat(found("flat")).isEqualTo("flat");
        assertThat(found("nested.wasm")).isEqualTo("nested");
        assertThat(found("nested")).isEqualTo("nested");
        assertThat(found("both")).isEqualTo("outer");
        assertThat(found("plain")).isEqualTo("plain");
        assertThat(found("hot/main.wasm")).isEqualTo("as the original keeps them");
        assertThat(found("hot/main")).isEqualTo("as the original keeps them");
    }

    @Test
    void main_wasm_stands_for_the_only_module_of_a_bucket_that_has_no_such_name() throws Exception {
        write("one/uppercase.wasm", "the only one");
        write("one/README.md", "no module");
        write("one/nested/other.wasm", "not in this folder");
        write("two/a.wasm", "a");
        write("two/b.wasm", "b");
        assertThat(new FileModules(bucket.resolve("one")).load("X", "main.wasm").name())
                .isEqualTo("uppercase.wasm");
        assertThat(new FileModules(bucket.resolve("hot")).load("X", "main.wasm").name())
                .isEqualTo("main.wasm");
        assertThatThrownBy(() -> new FileModules(bucket.resolve("one")).load("X", "other.wasm"))
                .isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new FileModules(bucket.resolve("two")).load("X", "main.wasm"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("a.wasm, b.wasm");
    }

    @Test
    void a_path_is_read_from_wherever_it_points() throws Exception {
        String path = bucket.resolve("flat.wasm").toString();
        assertThat(found(path)).isEqualTo("flat");
        assertThat(found("file:" + path)).isEqualTo("flat");
        assertThat(found("file://" + path)).isEqualTo("flat");
        assertThat(new FileModules(Path.of("nowhere"))
                        .load("X", "modules/hot/hot.wasm")
                        .name())
                .isEqualTo("hot.wasm");
    }

    @Test
    void a_miss_names_the_variable_and_lists_what_is_there() {
        assertThatThrownBy(() -> found("other"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("MODULE_X_URI: no such module (was other)")
                .hasMessageContaining(
                        "both.wasm, both/both.wasm, flat.wasm, hot/main.wasm, nested/nested.wasm, plain.wasm");
        assertThatThrownBy(() -> found("./nowhere/x.wasm")).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new FileModules(bucket.resolve("none")).load("X", "a"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("nothing to read");
    }

    @Test
    void a_module_over_64_mib_is_refused() throws Exception {
        try (RandomAccessFile file =
                new RandomAccessFile(bucket.resolve("huge.wasm").toFile(), "rw")) {
            file.setLength((64L << 20) + 1);
        }
        assertThatThrownBy(() -> found("huge"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("64MiB");
    }

    @Test
    void the_digest_is_that_of_the_bytes() throws Exception {
        assertThat(modules.load("X", "flat").digest())
                .isEqualTo(ModuleImage.of("other", Bytes.utf8("flat")).digest())
                .matches("sha256:[0-9a-f]{64}");
    }

    @Test
    void a_bucket_is_a_file_uri() throws Exception {
        assertThat(FileModules.at("WASM_BLOB_URI", "file://./modules")
                        .load("X", "hot")
                        .name())
                .isEqualTo("hot.wasm");
        assertThat(FileModules.at("WASM_BLOB_URI", "file:modules")
                        .load("X", "hot")
                        .name())
                .isEqualTo("hot.wasm");
        assertThatThrownBy(() -> FileModules.at("WASM_BLOB_URI", "s3://bucket"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("WASM_BLOB_URI");
    }
}
