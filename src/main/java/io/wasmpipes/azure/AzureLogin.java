package io.wasmpipes.azure;

import com.azure.core.credential.TokenCredential;
import com.azure.core.util.Configuration;
import com.azure.core.util.ConfigurationBuilder;
import com.azure.core.util.ConfigurationSource;
import com.azure.identity.DefaultAzureCredentialBuilder;
import io.wasmpipes.Variables;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Who we are at Azure where no key says it. */
public final class AzureLogin {
    /** What Azure's credentials read from the environment. */
    private static final List<String> FAMILIES = List.of("AZURE_", "IDENTITY_", "MSI_");

    private AzureLogin() {}

    /** Azure's default chain, with what is set for this end of the pipe before what is set for all. Fetches nothing yet. */
    public static TokenCredential credential(Variables variables) {
        Map<String, String> own = new HashMap<>();
        for (String family : FAMILIES) {
            variables.under(family).forEach((name, value) -> own.put(family + name, value));
        }
        ConfigurationSource none = _ -> Map.of();
        ConfigurationSource given = _ -> Map.copyOf(own);
        Configuration configuration = new ConfigurationBuilder(none, none, given).build();
        return new DefaultAzureCredentialBuilder().configuration(configuration).build();
    }
}
