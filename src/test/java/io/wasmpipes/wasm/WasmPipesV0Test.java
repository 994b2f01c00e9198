package io.wasmpipes.wasm;

import static io.wasmpipes.wasm.GuestStage.bodies;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.Bytes;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Stage;
import io.wasmpipes.TransientException;
import io.wasmpipes.module.FileModules;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WasmPipesV0Test {
    /** Echoes its buffers of 1025 and 128 bytes whole, so that a write past them would be seen. */
    private static final String BUFFERS = """
            (module
              (import "pubsub" "getMessage" (func $get (param i32)))
              (import "pubsub" "send" (func $send (param i32 i32)))
              (import "cache" "get" (func $cached (param i32 i32 i32)))
              (import "cache" "set" (func $cache (param i32 i32 i32 i32)))
              (import "log" "println" (func $log (param i32 i32)))
              (memory (export "memory") 1)
              (global $runs (mut i32) (i32.const 0))
              (data (i32.const 0) "key")
              (func (export "run")
                (global.set $runs (i32.add (global.get $runs) (i32.const 1)))
                (if (i32.ne (global.get $runs) (i32.const 1)) (then unreachable))
                (call $get (i32.const 1000))
                (call $cached (i32.const 0) (i32.const 3) (i32.const 3000))
                (if (i32.or (i32.load8_u (i32.const 2024)) (i32.load8_u (i32.const 3127))) (then unreachable))
                (call $send (i32.const 1000) (i32.const 1024))
                (call $send (i32.const 3000) (i32.const 3))
                (if (i32.load8_u (i32.const 1000)) (then
                  (call $cache (i32.const 0) (i32.const 3) (i32.const 1000) (i32.load8_u (i32.const 1000)))))))
            """;

    private GuestStage guests;

    @BeforeEach
    void open(@TempDir Path folder) {
        guests = new GuestStage(folder);
    }

    @AfterEach
    void close() {
        guests.close();
    }

    @Test
    void every_message_meets_a_guest_as_it_was_at_its_start() throws Exception {
        Stage stage = guests.open(BUFFERS);
        assertThat(bodies(guests.run(stage, "")).getFirst()).isEqualTo("\0".repeat(1024));
        assertThat(bodies(guests.run(stage, "\1long")).getFirst()).startsWith("\1long\0");
        assertThat(bodies(guests.run(stage, "\1s")).getFirst()).startsWith("\1s\0\0\0");
    }

    @Test
    void a_body_of_1024_bytes_passes_and_one_of_1025_is_refused() throws Exception {
        Stage stage = guests.open(BUFFERS);
        assertThat(bodies(guests.run(stage, "\1" + "x".repeat(1023))).getFirst())
                .endsWith("xxx");
        assertThatThrownBy(() -> guests.run(stage, "x".repeat(1025)))
                .isInstanceOf(PoisonException.class)
                .hasMessage("a body of 1025 bytes, and modules of the first ABI take at most 1024");
        assertThat(guests.run(stage, "")).hasSize(2);
    }

    @Test
    void a_cached_value_of_127_bytes_passes_and_one_of_128_is_refused() throws Exception {
        Stage stage = guests.open(BUFFERS);
        guests.memory.set("key", Bytes.utf8("v".repeat(127)), null);
        assertThat(bodies(guests.run(stage, "")).get(1)).isEqualTo("vvv");
        guests.memory.set("key", Bytes.utf8("v".repeat(128)), null);
        assertThatThrownBy(() -> guests.run(stage, "")).hasMessageContaining("a cached value of 128 bytes");
        guests.memory.delete("key");
        guests.run(stage, "\177" + "y".repeat(200));
        assertThat(guests.memory.texts().get("key")).hasSize(127);
        guests.memory.delete("key");
        byte[] body = new byte[300];
        body[0] = (byte) 128;
        assertThatThrownBy(() -> guests.run(stage, io.wasmpipes.Message.of(Bytes.wrap(body))))
                .hasMessageContaining("a cached value of 128 bytes");
        assertThat(guests.memory.texts()).isEmpty();
    }

    @Test
    void an_outage_of_the_cache_travels_through_the_guest() throws Exception {
        Stage stage = guests.open(BUFFERS);
        TransientException away = TransientException.outage("the cache is away");
        guests.state = new FailingState(() -> {
            throw away;
        });
        assertThatThrownBy(() -> guests.run(stage, "")).isSameAs(away);
        guests.state = guests.memory;
        assertThat(guests.run(stage, "")).hasSize(2);
    }

    @Test
    void one_image_runs_under_two_aliases() throws Exception {
        var image = new FileModules(Path.of("modules")).load("WASM_FILENAME", "uppercase.wasm");
        Stage one = guests.open(ModuleSpec.of("one", image));
        Stage two = guests.open(ModuleSpec.of("two", image));
        assertThat(one.name()).isEqualTo("one");
        assertThat(bodies(guests.run(two, guests.run(one, "a").getFirst()))).containsExactly("A");
    }
}
