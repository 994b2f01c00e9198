package io.wasmpipes.config;

import java.util.List;
import java.util.Optional;

/** The variables that belong to one system's client. Each may carry the prefix of an end, such as {@code SINK_}. */
final class DriverVariables {
    static final List<Setting> ALL = List.of(
            Setting.of("TLS_CA_FILE", "", "PEM file of the certificates to trust"),
            Setting.of("TLS_CERT_FILE", "", "PEM file of the client's certificate chain"),
            Setting.of("TLS_KEY_FILE", "", "PEM file of its private key"),
            Setting.secret("HTTP_TOKEN", "bearer token: demanded by a source, sent by a sink"),
            Setting.secret("HTTP_BASIC", "`user:password`: demanded by a source, sent by a sink"),
            Setting.of("HTTP_SIGNATURE", "", "a source checks webhooks of `github`, `stripe`, `slack` or `standard`"),
            Setting.secret("HTTP_SECRET", "the secret that signs those webhooks"),
            Setting.secret("HTTP_HEADER_<NAME>", "a header that a sink sends with every request"),
            Setting.of("HTTP_OAUTH2_TOKEN_URL", "", "OAuth 2 client credentials: where a sink fetches tokens"),
            Setting.of("HTTP_OAUTH2_CLIENT_ID", "", "the client"),
            Setting.secret("HTTP_OAUTH2_CLIENT_SECRET", "its secret"),
            Setting.of("HTTP_OAUTH2_SCOPE", "", "the scope asked for"),
            Setting.of(
                    "HTTPS_PROXY",
                    "",
                    "proxy of a sink for `https:`, such as `http://proxy:3128`; the port is 80 unless it says so"),
            Setting.of("HTTP_PROXY", "", "proxy of a sink for `http:`"),
            Setting.of("NO_PROXY", "", "hosts to reach without a proxy, separated by commas"),
            Setting.of("NATS_SERVER_URL", "", "servers, separated by commas; `nats://127.0.0.1:4222` if unset"),
            Setting.of("NATS_CREDENTIALS", "", "path of a `.creds` file"),
            Setting.of("NATS_USER", "", "user name"),
            Setting.secret("NATS_PASSWORD", "password"),
            Setting.secret("NATS_TOKEN", "token"),
            Setting.secret("NATS_NKEY", "seed of an NKey"),
            Setting.of("REDIS_USER", "", "user name, where the URI has none"),
            Setting.secret("REDIS_PASSWORD", "password, where the URI has none"),
            Setting.of("KAFKA_BROKERS", "", "bootstrap servers, separated by commas; `127.0.0.1:9092` if unset"),
            Setting.secret("KAFKA_OPT_<NAME>", "any client option: `KAFKA_OPT_SECURITY_PROTOCOL`"),
            Setting.of(
                    "RABBIT_SERVER_URL",
                    "",
                    "`amqp://` or `amqps://` URL of the server; `amqp://127.0.0.1:5672` if unset"),
            Setting.of("MQTT_USER", "", "user name"),
            Setting.secret("MQTT_PASSWORD", "password"),
            Setting.secret("SERVICEBUS_CONNECTION_STRING", "wins over AZURE_SERVICEBUS_HOSTNAME"),
            Setting.secret("AZURE_<NAME>", "as Azure's clients read them, and AZURE_SERVICEBUS_HOSTNAME"),
            Setting.secret("AWS_<NAME>", "as AWS's clients read them: AWS_REGION, AWS_ACCESS_KEY_ID, …"),
            Setting.of("PUBSUB_EMULATOR_HOST", "", "host:port of a Pub/Sub emulator"),
            Setting.of("STORAGE_EMULATOR_HOST", "", "host:port of an emulator of Google's buckets"),
            Setting.secret("GOOGLE_<NAME>", "as Google's clients read them: GOOGLE_APPLICATION_CREDENTIALS, …"));

    private DriverVariables() {}

    /** The row for {@code name}, without an end's prefix: itself or its family. */
    static Optional<Setting> find(String name) {
        return ALL.stream().filter(s -> matches(s, name)).findFirst();
    }

    private static boolean matches(Setting setting, String name) {
        if (!setting.isPattern()) {
            return setting.name().equals(name);
        }
        String stem = setting.name().substring(0, setting.name().indexOf('<'));
        return name.length() > stem.length() && name.startsWith(stem);
    }
}
