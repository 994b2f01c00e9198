package io.wasmpipes.wasm;

import io.wasmpipes.module.ModuleImage;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One module of a chain as it is configured.
 *
 * @param alias its name in metrics, logs and dead letters; the same image may run under several
 * @param config what {@code config_get} answers; keys are found without regard to case
 * @param abi the ABI it is to be taken for, null to recognise it
 * @param function the export that takes messages, null for the ABI's own
 */
public record ModuleSpec(
        String alias,
        ModuleImage image,
        Map<String, String> config,
        @Nullable String abi,
        @Nullable String function,
        WasmLimits limits) {
    public ModuleSpec {
        config = Map.copyOf(config);
    }

    /** With another configuration. */
    public ModuleSpec withConfig(Map<String, String> other) {
        return new ModuleSpec(alias, image, other, abi, function, limits);
    }

    /** A module without configuration and with the default limits. */
    public static ModuleSpec of(String alias, ModuleImage image) {
        return new ModuleSpec(alias, image, Map.of(), null, null, WasmLimits.DEFAULT);
    }
}
