package io.wasmpipes.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.Stage;
import io.wasmpipes.module.FileModules;
import io.wasmpipes.module.ModuleImage;
import io.wasmpipes.support.Wat;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guests of different systems in one chain. */
class MixedChainTest {
    /** Of camel-go: keeps what has a body that starts with a brace. */
    private static final String KEEP = """
            (module
            (import "env" "message_get_content" (func $content (result i64)))
            (memory (export "memory") 1)
            (func (export "alloc") (param i32) (result i32) (i32.const 1024))
            (func (export "dealloc") (param i32 i32))
            (func (export "process") (result i64)
              (if (result i64) (i32.eq (i32.load8_u (i32.wrap_i64 (i64.shr_u (call $content) (i64.const 32)))) (i32.const 123))
                (then (i64.const 0x10000000)) (else (i64.const 0x20000000)))))""";

    /** Of WASI: copies. */
    private static final String CAT = """
            (module
            (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
            (memory (export "memory") 1)
            (func (export "_start")
              (i32.store (i32.const 0) (i32.const 100))
              (i32.store (i32.const 4) (i32.const 60000))
              (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 4)))
              (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))""";

    @Test
    void extism_camel_go_wasi_and_v1_guests_run_in_one_chain(@TempDir Path folder) throws Exception {
        try (GuestStage guests = new GuestStage(folder)) {
            FileModules modules = new FileModules(Path.of("modules"));
            List<Stage> chain = List.of(
                    guests.open(ModuleSpec.of("vowels", modules.load("WASM_MODULES", "vowels"))),
                    guests.open(ModuleSpec.of("keep", ModuleImage.of("keep.wasm", Wat.module(KEEP)))),
                    guests.open(ModuleSpec.of("cat", ModuleImage.of("cat.wasm", Wat.module(CAT)))),
                    guests.open(new ModuleSpec(
                            "tag",
                            modules.load("WASM_MODULES", "tag"),
                            Map.of("header", "team", "value", "blue"),
                            null,
                            null,
                            GuestStage.LIMITS)));
            List<Message> messages = List.of(Message.of(Bytes.utf8("Hello World"))
                    .withHeaders(Headers.of(List.of(Header.of("a", "1"))))
                    .withKey("k"));
            for (Stage stage : chain) {
                messages = guests.run(stage, messages.getFirst());
            }
            Message output = messages.getFirst();
            assertThat(output.body().utf8()).isEqualTo("{\"count\":3,\"total\":3}");
            assertThat(output.headers().list()).containsExactly(Header.of("a", "1"), Header.of("team", "blue"));
            assertThat(output.key()).isEqualTo("k");
            assertThat(guests.run(chain.get(1), "no brace")).isEmpty();
        }
    }
}
