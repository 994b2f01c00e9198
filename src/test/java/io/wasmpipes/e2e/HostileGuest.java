package io.wasmpipes.e2e;

import io.wasmpipes.support.Wat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A guest of wasmpipes_v1 that passes messages on, unless their first letter tells it to misbehave. */
final class HostileGuest {
    private static final String TEXT = """
            (module
              (import "wasmpipes_v1" "input_len" (func $input_len (result i32)))
              (import "wasmpipes_v1" "input_read" (func $input_read (param i32 i32 i32) (result i32)))
              (import "wasmpipes_v1" "emit" (func $emit (param i32 i32)))
              (memory (export "memory") 32)
              (table $u 2 funcref)
              (func $recurse (call $recurse) (call $recurse))
              (func $does (param $letter i32) (result i32)
                (i32.eq (i32.load8_u (i32.const 0)) (local.get $letter)))
              (func (export "on_message") (result i32)
                (drop (call $input_read (i32.const 0) (i32.const 0) (call $input_len)))
                (if (call $does (i32.const 108)) (then (loop $l (br $l))))
                (if (call $does (i32.const 103)) (then
                  (loop $l (br_if $l (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))) unreachable))
                (if (call $does (i32.const 114)) (then (call $recurse)))
                (if (call $does (i32.const 112)) (then (call $emit (i32.const -16) (i32.const 2147483647))))
                (if (call $does (i32.const 116)) (then unreachable))
                (if (call $does (i32.const 98)) (then
                  (drop (table.grow $u (ref.null func) (i32.const 2147483647)))))
                (call $emit (i32.const 0) (call $input_len))
                (i32.const 0)))
            """;

    private HostileGuest() {}

    /** Writes it to the folder. */
    static Path write(Path folder) throws IOException {
        return Files.write(folder.resolve("hostile.wasm"), Wat.module(TEXT).toArray());
    }
}
