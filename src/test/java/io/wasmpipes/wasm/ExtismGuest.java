package io.wasmpipes.wasm;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Plug-ins of Extism, written in text by each test; modules/vowels is one by its own kit. */
abstract class ExtismGuest {
    GuestStage guests;

    @BeforeEach
    void open(@TempDir Path folder) {
        guests = new GuestStage(folder);
    }

    @AfterEach
    void close() {
        guests.close();
    }

    /** A plug-in with all imports and this body of {@code run}. */
    static String plugin(String body) {
        return """
                (module
                (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
                (import "extism:host/env" "free" (func $free (param i64)))
                (import "extism:host/env" "length" (func $length (param i64) (result i64)))
                (import "extism:host/env" "load_u8" (func $load8 (param i64) (result i32)))
                (import "extism:host/env" "load_u64" (func $load64 (param i64) (result i64)))
                (import "extism:host/env" "store_u8" (func $store8 (param i64 i32)))
                (import "extism:host/env" "store_u64" (func $store64 (param i64 i64)))
                (import "extism:host/env" "input_length" (func $inlen (result i64)))
                (import "extism:host/env" "input_offset" (func $inoff (result i64)))
                (import "extism:host/env" "input_load_u8" (func $in8 (param i64) (result i32)))
                (import "extism:host/env" "input_load_u64" (func $in64 (param i64) (result i64)))
                (import "extism:host/env" "output_set" (func $output (param i64 i64)))
                (import "extism:host/env" "error_set" (func $error (param i64)))
                (import "extism:host/env" "config_get" (func $config (param i64) (result i64)))
                (import "extism:host/env" "var_get" (func $varget (param i64) (result i64)))
                (import "extism:host/env" "var_set" (func $varset (param i64 i64)))
                (import "extism:host/env" "log_info" (func $log (param i64)))
                (memory (export "memory") 1)
                (func $byte (param $c i32) (result i64) (local $at i64)
                  (local.set $at (call $alloc (i64.const 1)))
                  (call $store8 (local.get $at) (local.get $c))
                  (local.get $at))
                (func (export "run") (result i32) (local $at i64) (local $value i64)
                %s))""".formatted(body);
    }

    static final String ECHO = "(call $output (call $inoff) (call $inlen)) (i32.const 0)";
}
