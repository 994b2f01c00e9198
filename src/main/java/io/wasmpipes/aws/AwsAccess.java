package io.wasmpipes.aws;

import io.wasmpipes.Variables;
import java.net.URI;
import java.util.Optional;

/**
 * Where and as whom AWS is asked.
 *
 * @param shown what is asked for, for people
 * @param region empty to leave it to the profile or the machine
 * @param endpoint where to send requests, empty for AWS' own
 * @param variables AWS_…, and TLS_…
 */
public record AwsAccess(
        String shown, String region, Optional<URI> endpoint, Login login, Variant variant, Variables variables) {
    /** Who we are: nobody, a profile, or a role that is assumed; what is empty is left to the variables. */
    public record Login(boolean anonymous, String profile, String role) {}

    /** Which of AWS' own endpoints. */
    public record Variant(boolean dualstack, boolean fips) {}
}
