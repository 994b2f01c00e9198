package io.wasmpipes.app;

import io.wasmpipes.Adapter;
import io.wasmpipes.Context;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Limits;
import java.nio.file.Path;
import java.time.InstantSource;

/** What commands need that open an end without a pipe. */
final class Tools {
    private static final String NAME = "wasm-pipes-cli";

    private Tools() {}

    static Context context() {
        return new Context(NAME, Limits.DEFAULT, Path.of(System.getProperty("java.io.tmpdir")), InstantSource.system());
    }

    static Adapter adapter(Endpoint endpoint) {
        return Wiring.adapters().stream()
                .filter(adapter -> adapter.schemes().contains(endpoint.scheme()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the scheme has been checked: " + endpoint.scheme()));
    }
}
