package io.wasmpipes.wasm;

import io.wasmpipes.ConfigException;
import io.wasmpipes.module.ModuleImage;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Guests of the native ABI, written by each test. */
abstract class WasmPipesV1Guest {
    static final String EMIT = "emit (param i32 i32)";
    GuestStage guests;

    @BeforeEach
    void open(@TempDir Path folder) {
        guests = new GuestStage(folder);
    }

    @AfterEach
    void close() {
        guests.close();
    }

    String digest(String alias, ModuleImage image, Map<String, String> config) throws ConfigException {
        return guests.host()
                .load(new ModuleSpec(alias, image, config, null, null, GuestStage.LIMITS))
                .digest();
    }

    static String onMessage(String code, String data) {
        return "(data (i32.const 0) \"%s\")\n(func (export \"on_message\") (result i32) %s)".formatted(data, code);
    }
}
