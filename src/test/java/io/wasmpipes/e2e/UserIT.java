package io.wasmpipes.e2e;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** docs/quickstart.md as typed, by the launcher; UserSoak does it by the image. */
class UserIT {
    @Test
    void the_page_works_as_typed() throws Exception {
        Path launcher = Path.of("wasm-pipes").toAbsolutePath();
        try (UserRun run = new UserRun(folder -> Files.createSymbolicLink(folder.resolve("wasm-pipes"), launcher))) {
            run.page();
        }
    }
}
